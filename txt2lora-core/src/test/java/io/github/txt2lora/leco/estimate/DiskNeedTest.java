package io.github.txt2lora.leco.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingSpec;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiskNeedTest {

    private static final long PARAMETERS = 1_000_000;
    private static final int ITERATIONS = 100;
    private static final long MIB = 1 << 20;

    @Test
    void lora_is_written_beside_the_one_that_it_replaces_and_two_states_beside_a_third() {
        DiskNeed need = DiskNeed.of(
                PARAMETERS,
                TrainingSpec.builder().optimizer(OptimizerSpec.adamW()).build(),
                ITERATIONS);

        assertThat(need.loraBytes()).isEqualTo(2 * (2 * PARAMETERS + MIB));
        assertThat(need.stateBytes()).isEqualTo(3 * (3 * 4 * PARAMETERS + MIB));
    }

    @Test
    void what_is_saved_on_the_way_in_32_bits_and_for_going_back_takes_more() {
        DiskNeed need = DiskNeed.of(
                PARAMETERS,
                TrainingSpec.builder()
                        .saving(saving -> saving.withEveryIterations(20).withPrecision(Precision.FP32))
                        .optimizer(OptimizerSpec.prodigy())
                        .nonFinitePolicy(NonFinitePolicy.rollback())
                        .build(),
                ITERATIONS);

        assertThat(need.loraBytes()).isEqualTo(7 * (4 * PARAMETERS + MIB));
        assertThat(need.stateBytes()).isEqualTo(3 * (2 * 5 * 4 * PARAMETERS + MIB));
    }

    @Test
    void training_that_keeps_no_states_needs_no_space_for_them() {
        DiskNeed need = DiskNeed.of(
                PARAMETERS,
                TrainingSpec.builder()
                        .optimizer(OptimizerSpec.adamW())
                        .saving(saving -> saving.withStates(StateSpec.off()))
                        .build(),
                ITERATIONS);

        assertThat(need.stateBytes()).isZero();
    }

    @Test
    void disk_that_is_too_full_is_refused_with_what_is_needed_for_what() throws IOException {
        try (FileSystem disk = disk(64 * MIB)) {
            Path folder = disk.getPath("/work");
            DiskNeed need = new DiskNeed(30 * MIB, 60 * MIB);

            assertThatThrownBy(() -> need.requireSpaceIn(folder, 10 * MIB))
                    .isInstanceOf(StorageException.class)
                    .hasMessage(
                            "the disk of /work has 64.0 MiB left; expected 80.0 MiB: 30.0 MiB for the LoRA and what is"
                                    + " written beside it, 60.0 MiB for its states. Free some space, choose a folder on"
                                    + " another disk, or a lower rank");
            assertThatCode(() -> need.requireSpaceIn(folder, 26 * MIB)).doesNotThrowAnyException();
        }
    }

    private static FileSystem disk(long bytes) {
        return Jimfs.newFileSystem(
                Configuration.unix().toBuilder().setMaxSize(bytes).build());
    }
}
