package io.github.txt2lora.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MetadataEdit;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract of all {@link LoraOperations}. Extend it. */
public abstract class LoraOperationsContract {

    @SuppressWarnings("NullAway.Init") // before each test
    private LoraOperations operations;

    @SuppressWarnings("NullAway.Init") // before each test
    private Path input;

    @TempDir
    @SuppressWarnings("NullAway.Init") // before each test
    private Path folder;

    /** For tests of operations. */
    protected LoraOperationsContract() {}

    /** Opens the operations, which the test closes. */
    protected abstract LoraOperations open();

    /** Writes a LoRA of two modules or more, in kohya's naming and of ranks above 1. */
    protected abstract void writeLora(Path file) throws IOException;

    @BeforeEach
    void openOperations() throws IOException {
        operations = open();
        input = folder.resolve("krnkmd.safetensors");
        writeLora(input);
    }

    @AfterEach
    void closeOperations() {
        operations.close();
    }

    private Path output() {
        return folder.resolve("output.safetensors");
    }

    @Test
    void inspecting_tells_modules_and_changes_nothing() throws IOException {
        byte[] before = Files.readAllBytes(input);

        LoraInfo info = operations.inspect(input);

        assertThat(info.file()).isEqualTo(input);
        assertThat(info.naming()).isEqualTo(LoraNaming.KOHYA);
        assertThat(info.modules()).hasSizeGreaterThan(1).allMatch(module -> module.rank() > 1);
        assertThat(input).hasBinaryContent(before);
        assertThat(names()).containsExactly("krnkmd.safetensors");
    }

    @Test
    void resizing_tells_each_module_once_on_the_calling_thread() {
        List<OperationProgress> progress = new ArrayList<>();
        Thread caller = Thread.currentThread();

        ResizedLora resized = operations.resize(input, output(), ResizeSpec.toRank(1), step -> {
            assertThat(Thread.currentThread()).isSameAs(caller);
            progress.add(step);
        });

        int modules = operations.inspect(input).modules().size();
        assertThat(resized.file()).isEqualTo(output()).isRegularFile();
        assertThat(resized.modules())
                .hasSize(modules)
                .extracting(ResizedModule::rank)
                .containsOnly(1);
        assertThat(progress)
                .hasSize(modules)
                .last()
                .isEqualTo(new OperationProgress(
                        output(), modules, modules, progress.get(modules - 1).module()));
    }

    @Test
    void a_folder_is_resized_in_the_order_of_names() throws IOException {
        writeLora(folder.resolve("a.safetensors"));
        Path small = Files.createDirectory(folder.resolve("small"));

        assertThat(operations.resizeFolder(folder, small, ResizeSpec.toRank(1)))
                .extracting(ResizedLora::file)
                .containsExactly(small.resolve("a.safetensors"), small.resolve("krnkmd.safetensors"));
        assertThatThrownBy(() -> operations.resizeFolder(folder, folder.resolve("none"), ResizeSpec.toRank(1)))
                .isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void merged_converted_and_edited_loras_are_told_as_they_are_read() {
        LoraInfo merged = operations
                .merge(LoraMerge.of(List.of(new LoraWeight(input, 1)), output()))
                .lora();
        assertThat(merged.file()).isEqualTo(output()).isRegularFile();
        assertThat(merged.hash().result()).isEqualTo(HashCheck.Result.MATCHES);

        LoraInfo converted = operations.convert(input, output(), LoraConversion.to(LoraNaming.KOHYA));
        assertThat(converted.modules()).hasSameSizeAs(operations.inspect(input).modules());

        LoraInfo edited =
                operations.editMetadata(input, output(), MetadataEdit.none().set("author", "krnkmd"));
        assertThat(edited.metadata()).containsEntry("author", "krnkmd");
    }

    @Test
    void what_a_listener_throws_harms_nothing() {
        operations.resize(input, output(), ResizeSpec.toRank(1), progress -> {
            throw new IllegalStateException("thrown by a listener on purpose");
        });

        assertThat(output()).isRegularFile();
    }

    @Test
    void an_interrupted_thread_ends_the_operation_and_leaves_no_file() throws IOException {
        assertThatThrownBy(() -> operations.resize(
                        input,
                        output(),
                        ResizeSpec.toRank(1),
                        progress -> Thread.currentThread().interrupt()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("interrupted");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(names()).containsExactly("krnkmd.safetensors");
    }

    @Test
    void a_missing_file_is_a_failure_that_names_it() {
        Path missing = folder.resolve("missing.safetensors");

        assertThatThrownBy(() -> operations.inspect(missing))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> operations.resize(missing, output(), ResizeSpec.toRank(1)))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining(missing.toString());
        assertThat(output()).doesNotExist();
    }

    @Test
    void closed_operations_take_nothing_new() {
        operations.close();
        operations.close();

        assertThatThrownBy(() -> operations.inspect(input))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("closed");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
