package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

    private final List<String> calls = new ArrayList<>();
    private int cachesFreed;
    private final MicroBatches batches = new MicroBatches(() -> cachesFreed++);

    /** A device that has memory for so many samples. */
    private MicroBatches.Part<String> deviceFor(int samples) {
        return (from, to) -> {
            String part = from + "-" + to;
            calls.add(part);
            if (to - from > samples) {
                throw new TorchException("CUDA out of memory", true, null);
            }
            return part;
        };
    }

    @Test
    void a_batch_that_fits_is_one_call() {
        assertThat(batches.run(4, deviceFor(4))).containsExactly("0-4");
        assertThat(cachesFreed).isZero();
    }

    @Test
    void a_batch_that_does_not_fit_is_tried_again_with_free_caches_and_then_in_smaller_parts() {
        assertThat(batches.run(5, deviceFor(2))).containsExactly("0-2", "2-4", "4-5");
        assertThat(calls).containsExactly("0-5", "0-5", "0-3", "0-2", "2-4", "4-5");
        assertThat(cachesFreed).isEqualTo(3);
    }

    @Test
    void the_next_batch_begins_with_parts_that_fit() {
        batches.run(4, deviceFor(2));
        calls.clear();

        assertThat(batches.run(4, deviceFor(2))).containsExactly("0-2", "2-4");
        assertThat(calls).hasSize(2);
    }

    @Test
    void memory_for_less_than_a_sample_is_told_with_what_needs_less() {
        assertThatThrownBy(() -> batches.run(2, deviceFor(0)))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.isOutOfMemory()).isTrue())
                .hasMessage("memory does not suffice for a single sample (CUDA out of memory); a lower resolution, or"
                        + " the precision FP16 or BF16, needs less");
    }

    @Test
    void another_failure_is_not_tried_again() {
        assertThatThrownBy(() -> batches.run(2, (from, to) -> {
                    calls.add("call");
                    throw new TorchException("shapes differ", false, null);
                }))
                .hasMessage("shapes differ");
        assertThat(calls).hasSize(1);
        assertThat(cachesFreed).isZero();
    }
}
