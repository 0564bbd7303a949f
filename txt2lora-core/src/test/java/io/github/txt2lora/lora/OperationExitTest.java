package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.jvm.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process may end while it merges. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OperationExitTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(ExitingMerge.Ending.class)
    void process_ends_in_the_middle_of_a_merge(ExitingMerge.Ending ending) throws Exception {
        Path output = Files.createDirectory(folder.resolve("merged")).resolve("merged.safetensors");
        Path lora = lora();
        Path lines = folder.resolve("lines");
        Path errors = folder.resolve("hs_err.log");
        Process process = ChildJvm.start(
                ExitingMerge.class,
                lines,
                List.of("-Xmx512m", "-XX:ErrorFile=" + errors),
                ending.name(),
                Golden.file("checkpoints/sd1-tiny.safetensors").toString(),
                lora.toString(),
                output.toString());

        assertThat(process.waitFor()).as(Files.readString(lines)).isEqualTo(ExitingMerge.EXIT_CODE);
        assertThat(errors).doesNotExist();
        assertThat(output).doesNotExist();
        if (ending == ExitingMerge.Ending.ANOTHER_THREAD) {
            try (Stream<Path> files = Files.list(output.getParent())) {
                assertThat(files).as("what is left").isEmpty();
            }
        }
    }

    private Path lora() {
        var lora = new LoraFiles(7);
        for (int block = 0; block < 2; block++) {
            String layer = "text_encoder.text_model.encoder.layers." + block + ".self_attn.q_proj";
            lora.random(layer + ".lora_A.weight", List.of(2L, 8L));
            lora.random(layer + ".lora_B.weight", List.of(8L, 2L));
        }
        return lora.write(folder.resolve("lora.safetensors"));
    }
}
