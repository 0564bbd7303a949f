package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MicroBatchesTest {

    private final List<String> calls = new ArrayList<>();
    private final List<String> held = new ArrayList<>();
    private int cachesFreed;
    private final MicroBatches batches = new MicroBatches(() -> {
        assertThat(held).as("what is held while caches are freed").isEmpty();
        cachesFreed++;
    });

    /** A device that has memory for so many samples, each part of which stays until it is discarded. */
    private class SmallDevice implements MicroBatches.Call<String> {

        private final int samples;
        private boolean canTakeLess;

        SmallDevice(int samples) {
            this.samples = samples;
        }

        @Override
        public String run(int from, int to) {
            String part = from + "-" + to;
            calls.add(part);
            if (to - from > samples) {
                throw new TorchException("CUDA out of memory", true, null);
            }
            held.add(part);
            return part;
        }

        @Override
        public String join(String before, String part) {
            held.removeAll(List.of(before, part));
            held.add(before + " " + part);
            return before + " " + part;
        }

        @Override
        public void discard(String result) {
            held.remove(result);
        }

        @Override
        public boolean takeLess() {
            return canTakeLess;
        }
    }

    @Test
    void a_batch_that_fits_is_one_call() {
        assertThat(batches.run(4, new SmallDevice(4))).isEqualTo("0-4");
        assertThat(cachesFreed).isZero();
    }

    @Test
    void a_batch_that_does_not_fit_is_tried_again_with_free_caches_and_then_in_smaller_parts() {
        assertThat(batches.run(5, new SmallDevice(2))).isEqualTo("0-2 2-4 4-5");
        assertThat(calls).containsExactly("0-5", "0-5", "0-3", "0-2", "2-4", "4-5");
        assertThat(cachesFreed).isEqualTo(3);
    }

    @Test
    void the_next_batch_begins_with_parts_that_fit() {
        batches.run(4, new SmallDevice(2));
        calls.clear();
        held.clear();

        assertThat(batches.run(4, new SmallDevice(2))).isEqualTo("0-2 2-4");
        assertThat(calls).hasSize(2);
    }

    @Test
    void parts_before_a_failure_are_freed_before_the_next_try() {
        batches.limit(2);
        var device = new SmallDevice(2) {
            private boolean isFull;

            @Override
            public String run(int from, int to) {
                if (from == 4 && !isFull) {
                    isFull = true;
                    throw new TorchException("CUDA out of memory", true, null);
                }
                return super.run(from, to);
            }
        };

        assertThat(batches.run(6, device)).isEqualTo("0-2 2-4 4-6");
        assertThat(cachesFreed).isEqualTo(1);
        assertThat(held).containsExactly("0-2 2-4 4-6");
    }

    @Test
    void a_single_sample_that_does_not_fit_goes_another_way_that_takes_less() {
        List<Integer> needs = new ArrayList<>(List.of(3, 2, 1));
        var device = new SmallDevice(0) {
            @Override
            public String run(int from, int to) {
                return needs.get(0) > 1 ? super.run(from, to) : "done";
            }

            @Override
            public boolean takeLess() {
                needs.remove(0);
                return true;
            }
        };

        assertThat(batches.run(1, device)).isEqualTo("done");
        assertThat(batches.limit()).as("parts that were never too large").isGreaterThan(1);
    }

    @Test
    void memory_for_less_than_a_sample_is_told_with_what_needs_less() {
        assertThatThrownBy(() -> batches.run(2, new SmallDevice(0)))
                .isInstanceOfSatisfying(
                        TorchException.class, e -> assertThat(e.isOutOfMemory()).isTrue())
                .hasMessage("memory does not suffice for a single sample (CUDA out of memory); a lower resolution, or"
                        + " the precision FP16 or BF16, needs less");
    }

    @Test
    void another_failure_is_not_tried_again() {
        var failing = new SmallDevice(2) {
            @Override
            public String run(int from, int to) {
                calls.add("call");
                throw new TorchException("shapes differ", false, null);
            }
        };

        assertThatThrownBy(() -> batches.run(2, failing)).hasMessage("shapes differ");
        assertThat(calls).hasSize(1);
        assertThat(cachesFreed).isZero();
    }
}
