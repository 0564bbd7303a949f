package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.MemoryFit;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.Precision;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MemoryTableTest {

    private static final long GIBIBYTE = 1L << 30;

    private static MemoryFit fit(String device, Precision precision, int resolution, MemoryPlan... plan) {
        return new MemoryFit(
                device,
                6 * GIBIBYTE,
                precision,
                resolution,
                GIBIBYTE,
                List.of(plan).stream().findFirst());
    }

    @Test
    void has_a_row_for_each_precision_and_resolution_and_a_column_for_each_device() {
        assertThat(MemoryTable.lines(List.of(
                        fit("cuda:0", Precision.FP32, 512, new MemoryPlan(2, 1, true)),
                        fit("4 GiB", Precision.FP32, 512),
                        fit("cuda:0", Precision.BF16, 1024, new MemoryPlan(4, 2, false)),
                        fit("4 GiB", Precision.BF16, 1024, new MemoryPlan(4, 1, false)))))
                .containsExactly(
                        "  How a step's samples fit into memory (- where they do not):",
                        "  precision  pixels  cuda:0, 6.0 GiB         4 GiB",
                        "  FP32       512     one by one, recomputed  -",
                        "  BF16       1024    2 at a time             one by one");
    }

    @Test
    void is_left_out_where_nothing_is_known() {
        assertThat(MemoryTable.lines(List.of())).isEmpty();
        assertThat(fit("4 GiB", Precision.FP32, 512).plan()).isEqualTo(Optional.empty());
    }
}
