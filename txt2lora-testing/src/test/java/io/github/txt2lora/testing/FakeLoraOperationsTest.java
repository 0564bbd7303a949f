package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.ResizeSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FakeLoraOperationsTest extends LoraOperationsContract {

    @TempDir
    private Path own;

    @Override
    protected LoraOperations open() {
        return FakeLoraOperations.builder().build();
    }

    @Override
    protected void writeLora(Path file) throws IOException {
        Files.writeString(file, "anything");
    }

    @Test
    void has_the_modules_and_failures_it_was_given_and_remembers_its_outputs() throws IOException {
        Path good = Files.writeString(own.resolve("good.safetensors"), "good");
        Path bad = Files.writeString(own.resolve("bad.safetensors"), "bad");
        var damaged = new CheckpointException("bad.safetensors is damaged");
        try (var operations = FakeLoraOperations.builder()
                .modules("unet.conv_in")
                .failOn(bad, damaged)
                .build()) {
            assertThat(operations.inspect(good).modules())
                    .extracting(LoraInfo.Module::name)
                    .containsExactly("lora_unet_conv_in");
            operations.resize(good, own.resolve("small.safetensors"), ResizeSpec.toRank(1));
            assertThatThrownBy(() -> operations.inspect(bad)).isSameAs(damaged);
            assertThat(operations.outputs()).containsExactly(own.resolve("small.safetensors"));
        }
    }
}
