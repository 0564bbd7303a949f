package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Each fails before the first iteration, says why in one sentence, and leaves no trace in the output folder. */
class BadInputTest {

    private static final String ENCODER_LAYERS = "cond_stage_model.transformer.text_model.encoder.layers.";

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private Path output;

    @BeforeEach
    void nameOutput() {
        output = folder.resolve("out/of/this");
    }

    @Test
    void a_resolution_that_memory_does_not_suffice_for_is_refused_at_once() {
        LoraTraining training = Tiny.training(folder, Tiny.spec(1))
                .prompts(List.of(PromptPair.enhance("krnkmd")
                        .positive("maid")
                        .resolution(65536)
                        .build()))
                .build();

        assertThatThrownBy(() -> engine.train(training))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("the training takes about ")
                .hasMessageContaining(" of memory at resolution 65536 and batch size 1, and this machine has ");
        assertThat(folder.resolve("krnkmd.safetensors")).doesNotExist();
    }

    @Test
    void model_file_that_is_missing() {
        Path missing = folder.resolve("missing.safetensors");

        messageOf(CheckpointException.class, with(missing))
                .isEqualTo(missing + " does not exist; expected a .safetensors file");
    }

    @Test
    void model_folder_that_is_missing() {
        LoraTraining training = Tiny.training(output, Tiny.spec(1))
                .model(ModelSource.folder(folder.resolve("missing")))
                .build();

        messageOf(Txt2LoraException.class, training)
                .contains(folder.resolve("missing").toString(), "expected");
    }

    @Test
    void model_file_that_is_cut_off() throws IOException {
        byte[] whole = Files.readAllBytes(Tiny.modelFile());
        Path file = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(whole, whole.length / 2));

        messageOf(CheckpointException.class, with(file))
                .matches("\\Q" + file
                        + "\\E: the tensors need \\d+ bytes after the header, but the file holds only \\d+;"
                        + " it is incomplete, download it again");
    }

    @Test
    void model_file_of_noise() throws IOException {
        byte[] noise = new byte[4096];
        Arrays.fill(noise, (byte) 0x5a);
        Path file = Files.write(folder.resolve("noise.safetensors"), noise);

        messageOf(CheckpointException.class, with(file))
                .startsWith(file + " is not a safetensors file: its first 8 bytes announce a header of");
    }

    @Test
    void model_file_with_a_damaged_header() throws IOException {
        byte[] bytes = Files.readAllBytes(Tiny.modelFile());
        byte[] damage = "{\"model".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(damage, 0, bytes, 100, damage.length);
        Path file = Files.write(folder.resolve("damaged.safetensors"), bytes);

        messageOf(CheckpointException.class, with(file)).contains(file.toString(), "header");
    }

    @Test
    void lora_in_place_of_the_model() {
        Path lora = engine.train(Tiny.training(folder.resolve("lora"), 1)).file();

        messageOf(CheckpointException.class, with(lora))
                .startsWith(lora + " looks like a LoRA")
                .contains("expected a checkpoint of Stable Diffusion");
    }

    @Test
    void vae_in_place_of_the_model() {
        Path vae = changed(entries -> entries.stream()
                .filter(entry -> entry.name().startsWith("first_stage_model."))
                .toList());

        messageOf(CheckpointException.class, with(vae))
                .startsWith(vae + " looks like a VAE alone")
                .contains("expected a checkpoint of Stable Diffusion");
    }

    @Test
    void pickle_in_place_of_the_model() throws IOException {
        Path pickle = Files.write(folder.resolve("model.ckpt"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0});

        messageOf(CheckpointException.class, with(pickle))
                .startsWith(pickle + " is a PyTorch pickle file")
                .contains("Download the .safetensors variant");
    }

    @Test
    void weight_that_is_no_number() {
        String key = "model.diffusion_model.input_blocks.0.0.weight";
        Path file = changed(entries -> replace(entries, key, BadInputTest::withNan));

        messageOf(CheckpointException.class, with(file))
                .isEqualTo(file + ": tensor '" + key
                        + "' (conv_in.weight of the unet) is not a finite number at index 0;" + " the file is damaged");
    }

    @Test
    void weight_of_the_text_encoder_that_is_no_number() {
        String key = ENCODER_LAYERS + "3.mlp.fc1.weight";
        Path file = changed(entries -> replace(entries, key, BadInputTest::withNan));

        messageOf(CheckpointException.class, with(file)).contains(key, "is not a finite number at index 0");
    }

    @Test
    void output_below_a_file() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        LoraTraining training = Tiny.training(file.resolve("lora"), 1);

        messageOf(StorageException.class, training)
                .startsWith("output folder " + file.resolve("lora") + " cannot be created (")
                .endsWith("expected a folder, or a path where one may be created, with permission to write");
        assertThat(file).isEmptyFile();
    }

    @Test
    void file_name_that_a_folder_has() throws IOException {
        Path taken = Files.createDirectories(folder.resolve("krnkmd.safetensors"));

        messageOf(StorageException.class, Tiny.training(folder, 1))
                .isEqualTo(taken + " is a folder; expected a name that is free, or a file, which would be replaced");
    }

    @Test
    void clip_skip_beyond_the_encoders_layers() {
        Path file = changed(entries -> entries.stream()
                .filter(entry -> !entry.name().matches("\\Q" + ENCODER_LAYERS + "\\E([2-9]|1\\d)\\..*"))
                .toList());
        LoraTraining training = Tiny.training(output, Tiny.spec(1).modelUse(use -> use.withClipSkip(3)))
                .model(ModelSource.file(file))
                .build();

        messageOf(InvalidSettingException.class, training)
                .startsWith("clipSkip is 3; expected a number from 1 to 2")
                .contains(file.toString());
    }

    @Test
    void batch_that_no_array_can_hold() {
        PromptPair huge = Tiny.prompt("krnkmd").toBuilder()
                .resolution(1_000_000)
                .batchSize(1_000_000)
                .build();

        messageOf(
                        InvalidSettingException.class,
                        Tiny.training(output, 1).toBuilder()
                                .prompts(List.of(huge))
                                .build())
                .isEqualTo(
                        "prompt \"krnkmd\" has the resolution 1000000 and the batch size 1000000, which together are more"
                                + " than an array can hold; expected a smaller resolution or batch size");
    }

    @Test
    void rank_larger_than_a_layer_is_lowered_with_a_warning() {
        var log = new EventLog();
        LoraSpec lora = LoraSpec.builder().rank(100_000).type(LoraType.C3LIER).build();

        TrainedLora trained = engine.train(
                Tiny.training(output, Tiny.spec(1).lora(lora).saving(saving -> saving.withPrecision(Precision.FP32)))
                        .build(),
                log);

        assertThat(trained.warnings())
                .singleElement()
                .satisfies(
                        warning -> assertThat(warning)
                                .matches(
                                        "rank 100000 is larger than \\d+ layers can use; there it is the layer's smaller side, for example .*"));
        try (SafetensorsFile file = SafetensorsFile.open(trained.file())) {
            TensorView up = file.tensor("lora_unet_mid_block_attentions_0_proj_in.lora_up.weight");
            assertThat(up.shape()).containsExactly(64L, 64L, 1L, 1L);
        }
    }

    @Test
    void prompt_longer_than_the_encoder_reads_is_cut_with_a_warning() throws InterruptedException {
        var log = new EventLog();
        String prompt = "cat ".repeat(75) + "lost words";
        LoraTraining training = Tiny.training(output, 1).toBuilder()
                .prompts(List.of(
                        Tiny.prompt("krnkmd").toBuilder().positive(prompt).build()))
                .build();

        TrainedLora lora = engine.train(training, log);

        assertThat(lora.warnings())
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .startsWith("prompt \"cat cat ")
                        .contains("... is longer than the 75 tokens")
                        .endsWith("dropped: lost words"));
        log.await(TrainingWarning.class);
        assertThat(log.events(TrainingWarning.class))
                .extracting(TrainingWarning::message)
                .isEqualTo(lora.warnings());
    }

    @Test
    void training_that_diverges_names_the_iteration_and_saves_nothing() {
        LoraTraining training =
                Tiny.training(output, Tiny.spec(5).learningRate(1e30)).build();

        messageOf(TrainingFailedException.class, training)
                .matches(
                        "iteration 2 gave a loss of .*; expected finite numbers\\. Lower the learning rate or compute in FP32.*");
        assertThat(engine.train(Tiny.training(folder.resolve("next"), 1)).file())
                .isRegularFile();
    }

    @Test
    void weights_that_the_file_cannot_hold_are_saved_in_another_precision_by_the_next_run()
            throws InterruptedException {
        TrainingSpec.Builder spec = Tiny.spec(1).learningRate(1e6);
        LoraTraining training = Tiny.training(output, spec.saving(saving -> saving.withPrecision(Precision.FP16)))
                .build();

        assertThatThrownBy(() -> engine.train(training))
                .isInstanceOf(TrainingFailedException.class)
                .message()
                .matches(
                        "the LoRA's lora_unet_\\S+ became \\S+, which a file in FP16 cannot hold; expected finite numbers\\."
                                + " Lower the learning rate or save in BF16 or FP32");
        assertThat(training.loraFile()).doesNotExist();

        var log = new EventLog();
        engine.train(
                Tiny.training(output, spec.saving(saving -> saving.withPrecision(Precision.FP32)))
                        .build(),
                log);
        log.await(TrainingFinished.class);
        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(log.events(IterationFinished.class)).isEmpty();
    }

    @Test
    void learning_rate_that_32_bits_cannot_hold() {
        LoraTraining training = Tiny.training(
                        output, Tiny.spec(1).optimizer(OptimizerSpec.sgd()).learningRate(1e300))
                .build();

        messageOf(TrainingFailedException.class, training)
                .startsWith("iteration 1 failed: libtorch failed in Sgd.step at sgd.py line");
    }

    private LoraTraining with(Path model) {
        return Tiny.training(output, 1).toBuilder()
                .model(ModelSource.file(model))
                .build();
    }

    private AbstractStringAssert<?> messageOf(Class<? extends Txt2LoraException> type, LoraTraining training) {
        Txt2LoraException failure = catchThrowableOfType(type, () -> engine.train(training));
        assertThat(failure).isNotNull();
        assertThat(Files.isRegularFile(training.loraFile())).isFalse();
        assertThat(folder.resolve("out")).doesNotExist();
        return assertThat(failure.getMessage()).doesNotContain("\n");
    }

    /** A copy of the model with changed tensors. */
    private Path changed(UnaryOperator<List<SafetensorsEntry>> change) {
        Path copy = folder.resolve("changed.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(Tiny.modelFile())) {
            List<SafetensorsEntry> entries = new ArrayList<>();
            file.tensors().forEach(tensor -> entries.add(SafetensorsEntry.of(tensor.name(), tensor)));
            SafetensorsWriter.write(copy, Map.of(), change.apply(entries));
        }
        return copy;
    }

    private static List<SafetensorsEntry> replace(
            List<SafetensorsEntry> entries, String name, UnaryOperator<SafetensorsEntry> replacement) {
        assertThat(entries).extracting(SafetensorsEntry::name).contains(name);
        return entries.stream()
                .map(entry -> entry.name().equals(name) ? replacement.apply(entry) : entry)
                .toList();
    }

    /** The same tensor, but the first of its float16 numbers is not one. */
    private static SafetensorsEntry withNan(SafetensorsEntry entry) {
        return new SafetensorsEntry(entry.name(), entry.type(), entry.shape(), () -> {
            ByteBuffer original = entry.bytes().get();
            ByteBuffer bytes = ByteBuffer.allocate(original.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            bytes.put(original).flip();
            return bytes.putShort(0, (short) 0x7e00);
        });
    }
}
