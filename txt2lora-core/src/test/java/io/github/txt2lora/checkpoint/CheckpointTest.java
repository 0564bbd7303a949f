package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.Golden;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final Path FILE = Golden.file("checkpoints/sd1-tiny.safetensors");
    private static final Path FOLDER = Golden.file("checkpoints/sd1-tiny");
    private static final String UNET_WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

    @TempDir
    Path temporary;

    /** A copy of the single file with other metadata and changed entries. */
    private Path changed(Map<String, String> metadata, UnaryOperator<List<SafetensorsEntry>> change) {
        Path copy = temporary.resolve("changed.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(FILE)) {
            SafetensorsWriter.write(copy, metadata, change.apply(entries(file)));
        }
        return copy;
    }

    private static List<SafetensorsEntry> entries(SafetensorsFile file) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        file.tensors().forEach(tensor -> entries.add(SafetensorsEntry.of(tensor.name(), tensor)));
        return entries;
    }

    private static List<SafetensorsEntry> with(List<SafetensorsEntry> entries, String... emptyTensors) {
        for (String name : emptyTensors) {
            entries.add(Tensors.entry(name, List.of(0L)));
        }
        return entries;
    }

    private Path copiedFolder() throws IOException {
        Path copy = temporary.resolve("model");
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(FOLDER.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.write(target, Files.readAllBytes(file));
                }
            }
        }
        return copy;
    }

    private static void assertSameUnet(Path path) {
        try (Checkpoint expected = Checkpoint.open(FOLDER);
                Checkpoint found = Checkpoint.open(path)) {
            assertThat(found.tensors(Component.UNET).keySet())
                    .isEqualTo(expected.tensors(Component.UNET).keySet());
        }
    }

    @Test
    void opens_the_sources_that_lie_on_this_machine() {
        try (Checkpoint file = Families.standard().open(ModelSource.file(FILE));
                Checkpoint folder = Families.standard().open(ModelSource.folder(FOLDER))) {
            assertThat(file.unet()).isEqualTo(folder.unet());
        }
        ModelSource remote = ModelSource.url("remote.safetensors", URI.create("https://example.org/x"));
        assertThatThrownBy(() -> Families.standard().open(remote))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("remote.safetensors");
    }

    @Test
    void a_file_that_says_nothing_leaves_the_prediction_open() {
        try (Checkpoint checkpoint = Checkpoint.open(FILE)) {
            assertThat(checkpoint.vPrediction()).isEmpty();
            assertThat(checkpoint.zeroTerminalSnr()).isEmpty();
            assertThat(checkpoint.vaeScalingFactor()).isEqualTo(0.18215);
            assertThat(checkpoint.path()).isEqualTo(FILE);
            assertThat(checkpoint.fileForHash()).isEqualTo(FILE);
        }
    }

    @Test
    void tensors_named_v_pred_and_ztsnr_say_what_the_model_predicts() {
        Path file =
                changed(Map.of("modelspec.prediction_type", "epsilon"), entries -> with(entries, "v_pred", "ztsnr"));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.vPrediction()).contains(true);
            assertThat(checkpoint.zeroTerminalSnr()).contains(true);
        }
    }

    @Test
    void metadata_says_what_the_model_predicts() {
        for (Map.Entry<String, Boolean> prediction :
                Map.of("v", true, "epsilon", false).entrySet()) {
            Path file = changed(Map.of("modelspec.prediction_type", prediction.getKey()), UnaryOperator.identity());
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertThat(checkpoint.vPrediction()).contains(prediction.getValue());
                assertThat(checkpoint.metadata()).containsKey("modelspec.prediction_type");
            }
        }
    }

    @Test
    void the_configuration_of_a_folder_says_what_the_model_predicts() throws IOException {
        Path folder = copiedFolder();
        Files.writeString(
                folder.resolve("scheduler/scheduler_config.json"),
                "{\"prediction_type\": \"v_prediction\", \"rescale_betas_zero_snr\": true}");
        Files.writeString(folder.resolve("vae/config.json"), "{\"scaling_factor\": 0.5}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.vPrediction()).contains(true);
            assertThat(checkpoint.zeroTerminalSnr()).contains(true);
            assertThat(checkpoint.vaeScalingFactor()).isEqualTo(0.5);
            assertThat(checkpoint.fileForHash()).isEqualTo(folder.resolve(UNET_WEIGHTS));
        }
    }

    @Test
    void a_folder_needs_no_configuration() throws IOException {
        Path folder = copiedFolder();
        Files.delete(folder.resolve("scheduler/scheduler_config.json"));
        Files.delete(folder.resolve("vae/config.json"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertThat(checkpoint.vPrediction()).isEmpty();
            assertThat(checkpoint.vaeScalingFactor()).isEqualTo(0.18215);
        }
    }

    @Test
    void broken_configuration_is_refused_with_its_file() throws IOException {
        Path folder = copiedFolder();
        for (String json : List.of(
                "{",
                "{\"scaling_factor\": \"x\"}",
                "{\"scaling_factor\": -1}",
                "{\"scaling_factor\": 1e999}",
                "[".repeat(5000))) {
            Files.writeString(folder.resolve("vae/config.json"), json);
            assertThatThrownBy(() -> Checkpoint.open(folder))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(folder.resolve("vae/config.json").toString());
        }
    }

    @Test
    void reads_half_precision_variants() throws IOException {
        Path folder = copiedFolder();
        Files.move(folder.resolve(UNET_WEIGHTS), folder.resolve("unet/diffusion_pytorch_model.fp16.safetensors"));
        assertSameUnet(folder);
    }

    @Test
    void reads_weights_in_shards() throws IOException {
        Path folder = copiedFolder();
        split(folder);
        assertSameUnet(folder);
    }

    @Test
    void a_lost_or_doubled_shard_is_named() throws IOException {
        Path folder = copiedFolder();
        split(folder);
        Files.copy(folder.resolve("unet/first.safetensors"), folder.resolve("unet/kept"));
        Files.delete(folder.resolve("unet/first.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("first.safetensors");
        Files.copy(folder.resolve("unet/second.safetensors"), folder.resolve("unet/first.safetensors"));
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("another shard");
    }

    @Test
    void an_index_may_not_point_outside_its_folder() throws IOException {
        Path folder = copiedFolder();
        Files.delete(folder.resolve(UNET_WEIGHTS));
        Path index = folder.resolve("unet/diffusion_pytorch_model.safetensors.index.json");
        for (String map : List.of(
                "{\"a\": \"../vae/x.safetensors\"}",
                "{\"a\": \"..\\\\vae\\\\x.safetensors\"}",
                "{\"a\": \"/vae/x.safetensors\"}",
                "{\"a\": \"C:x.safetensors\"}",
                "{\"a\": \"\\u0000.safetensors\"}",
                "{\"a\": 1}",
                "{\"a\": \"x.bin\"}",
                "{}",
                "3")) {
            Files.writeString(index, "{\"weight_map\": " + map + "}");
            assertThatThrownBy(() -> Checkpoint.open(folder))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(index.toString());
        }
    }

    private static void split(Path folder) throws IOException {
        Path whole = folder.resolve(UNET_WEIGHTS);
        StringBuilder map = new StringBuilder();
        try (SafetensorsFile file = SafetensorsFile.open(whole)) {
            List<SafetensorsEntry> entries = entries(file);
            int half = entries.size() / 2;
            SafetensorsWriter.write(whole.resolveSibling("first.safetensors"), Map.of(), entries.subList(0, half));
            SafetensorsWriter.write(
                    whole.resolveSibling("second.safetensors"), Map.of(), entries.subList(half, entries.size()));
            for (int i = 0; i < entries.size(); i++) {
                map.append("%s\"%s\": \"%s.safetensors\""
                        .formatted(i == 0 ? "" : ",", entries.get(i).name(), i < half ? "first" : "second"));
            }
        }
        Files.delete(whole);
        Files.writeString(
                whole.resolveSibling("diffusion_pytorch_model.safetensors.index.json"),
                "{\"weight_map\": {" + map + "}}");
    }

    @Test
    void reads_the_attention_names_of_early_vae_folders() throws IOException {
        Path folder = copiedFolder();
        Path vae = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(vae)) {
            List<SafetensorsEntry> renamed = entries(file).stream()
                    .map(entry -> new SafetensorsEntry(
                            entry.name()
                                    .replace("to_q", "query")
                                    .replace("to_k", "key")
                                    .replace("to_v", "value")
                                    .replace("to_out.0", "proj_attn"),
                            entry.type(),
                            entry.shape(),
                            entry.bytes()))
                    .toList();
            SafetensorsWriter.write(vae, Map.of(), renamed);
        }
        try (Checkpoint expected = Checkpoint.open(FOLDER);
                Checkpoint found = Checkpoint.open(folder)) {
            expected.tensors(Component.VAE)
                    .forEach((name, tensor) -> assertThat(
                                    Tensors.content(found.tensors(Component.VAE).get(name)))
                            .as(name)
                            .isEqualTo(Tensors.content(tensor)));
        }
    }

    @Test
    void a_folder_with_pickles_only_is_refused_and_says_what_is_there() throws IOException {
        Path folder = copiedFolder();
        Files.delete(folder.resolve(UNET_WEIGHTS));
        Files.writeString(folder.resolve("unet/diffusion_pytorch_model.bin"), "x");
        assertThatThrownBy(() -> Checkpoint.open(folder))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("diffusion_pytorch_model.bin", "safetensors", "pickle");
    }

    @Test
    void a_folder_without_networks_is_refused() {
        assertThatThrownBy(() -> Checkpoint.open(temporary))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining(temporary.resolve("unet").toString());
    }

    @Test
    void a_family_without_second_text_encoder_says_so() {
        try (Checkpoint checkpoint = Checkpoint.open(FILE)) {
            assertThatThrownBy(() -> checkpoint.tensors(Component.TEXT_ENCODER_2))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining("Stable Diffusion 1.x");
            assertThatThrownBy(() -> checkpoint.textEncoder(Component.UNET)).isInstanceOf(CheckpointException.class);
        }
    }

    @Test
    void a_weight_that_is_not_a_number_is_named() {
        String key = "model.diffusion_model.out.2.weight";
        Path file = changed(
                Map.of(),
                entries -> entries.stream()
                        .map(entry -> entry.name().equals(key) ? damaged(entry) : entry)
                        .toList());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.requireFinite(Component.VAE, Component.TEXT_ENCODER);
            assertThatThrownBy(() -> checkpoint.requireFinite(Component.VAE, Component.UNET))
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(key)
                    .hasMessageContaining("index 5");
        }
    }

    private static SafetensorsEntry damaged(SafetensorsEntry entry) {
        return new SafetensorsEntry(entry.name(), entry.type(), entry.shape(), () -> {
            ByteBuffer sound = entry.bytes().get();
            ByteBuffer copy = ByteBuffer.allocate(sound.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            copy.put(sound).flip();
            return copy.putShort(5 * Short.BYTES, (short) 0x7e00);
        });
    }
}
