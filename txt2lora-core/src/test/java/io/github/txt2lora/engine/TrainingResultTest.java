package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingResultTest {

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    @Test
    void result_tells_what_the_training_did() {
        TrainedLora lora = engine.train(Tiny.training(folder, 4));

        assertThat(lora.name()).isEqualTo("krnkmd");
        assertThat(lora.file()).isEqualTo(folder.resolve("krnkmd.safetensors")).isRegularFile();
        assertThat(lora.iterations()).isEqualTo(4);
        assertThat(lora.losses()).hasSize(4).allMatch(loss -> Double.isFinite(loss) && loss > 0);
        assertThat(lora.firstLoss()).isEqualTo(lora.losses().get(0));
        assertThat(lora.lastLoss()).isEqualTo(lora.losses().get(3));
        assertThat(lora.duration()).isPositive();
        assertThat(lora.warnings()).isEmpty();
        assertThat(files()).containsExactly("krnkmd-4.state", "krnkmd.safetensors");
    }

    @ParameterizedTest
    @EnumSource(LoraType.class)
    void file_holds_the_three_tensors_of_every_module(LoraType type) {
        var spec = LoraSpec.builder().rank(2).type(type).target(LoraTarget.FULL).build();
        TrainedLora lora =
                engine.train(Tiny.training(folder, Tiny.spec(1).lora(spec)).build());

        Map<String, List<Long>> expected = new HashMap<>();
        for (LoraModule module : new UNetLoraRules().select(weightShapes(), spec)) {
            expected.put(module.loraName() + ".alpha", List.of());
            expected.put(module.loraName() + ".lora_down.weight", module.shape().downShape(2));
            expected.put(module.loraName() + ".lora_up.weight", module.shape().upShape(2));
        }
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            Map<String, List<Long>> found =
                    file.tensors().stream().collect(Collectors.toMap(TensorView::name, TensorView::shape));
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void layers_have_their_own_ranks_and_kohyas_metadata_tell_those_of_blocks() {
        var spec = LoraSpec.builder()
                .rank(4)
                .target(LoraTarget.names("down_blocks", "mid_block"))
                .rank(LoraTarget.names("mid_block"), 8)
                .rank(LoraTarget.names("down_blocks.1"), 0)
                .build();
        TrainedLora lora = engine.train(
                Tiny.training(folder, Tiny.spec(2).learningRate(1e-3).lora(spec))
                        .build());

        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            Map<String, Long> ranks = file.tensors().stream()
                    .filter(tensor -> tensor.name().endsWith(".lora_down.weight"))
                    .collect(Collectors.toMap(
                            TensorView::name, tensor -> tensor.shape().get(0)));
            assertThat(ranks.keySet())
                    .isNotEmpty()
                    .noneMatch(name -> name.contains("down_blocks_1"))
                    .noneMatch(name -> name.contains("up_blocks"));
            assertThat(ranks)
                    .allSatisfy(
                            (name, rank) -> assertThat(rank).as(name).isEqualTo(name.contains("mid_block") ? 8 : 4));
        }
        assertThat(lora.metadata())
                .containsEntry("ss_network_dim", "4")
                .containsEntry(
                        "ss_network_args",
                        "{\"block_dims\": \"0,4,4,0,0,0,0,4,4,0,0,0,8,0,0,0,0,0,0,0,0,0,0,0,0\", \"layer_ranks\":"
                                + " \"names(mid_block)=8, names(down_blocks.1)=0\"}");
    }

    @Test
    void file_can_be_used_again() {
        TrainedLora lora = engine.train(Tiny.training(
                        folder, Tiny.spec(2).learningRate(0.01).saving(saving -> saving.withPrecision(Precision.FP32)))
                .build());

        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            LoraParameters loaded = LoraAdapter.load(
                            scope, List.of(new LoraWeight(lora.file(), 1)), new UNetLoraRules(), weightShapes())
                    .orElseThrow();
            assertThat(loaded.slots())
                    .hasSameSizeAs(new UNetLoraRules()
                            .select(
                                    weightShapes(),
                                    LoraSpec.builder().target(LoraTarget.FULL).build()));
            assertThat(loaded.vector().abs().max().getFloat()).isPositive();
        }
        assertThat(pixels(engine.generate(Tiny.picture().lora(lora.file(), 1).build())))
                .isNotEqualTo(pixels(engine.generate(Tiny.picture().build())));
        assertThat(pixels(engine.generate(Tiny.picture().lora(lora.file(), 0).build())))
                .isEqualTo(pixels(engine.generate(Tiny.picture().build())));
    }

    @Test
    void metadata_of_result_and_file_agree_and_say_what_other_programs_show() {
        TrainedLora lora = engine.train(Tiny.training(folder, 2));

        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            assertThat(file.metadata()).isEqualTo(lora.metadata());
        }
        assertThat(lora.metadata())
                .containsEntry("ss_output_name", "krnkmd")
                .containsEntry("ss_sd_model_name", "sd1-tiny.safetensors")
                .containsEntry("ss_base_model_version", "sd_v1")
                .containsEntry("ss_v2", "False")
                .containsEntry("ss_network_module", "networks.lora")
                .containsEntry("ss_network_dim", "4")
                .containsEntry("ss_network_alpha", "1.0")
                .containsEntry("ss_network_args", "{}")
                .containsEntry("ss_training_finished_at", "1767323045.000")
                .containsEntry("ss_steps", "2")
                .containsEntry("ss_tag_frequency", "{\"1_krnkmd\": {\"krnkmd\": 1}}")
                .containsEntry("modelspec.title", "krnkmd")
                .containsEntry("modelspec.trigger_phrase", "krnkmd")
                .containsKeys("ss_training_started_at", "sshs_model_hash", "sshs_legacy_hash");
        assertThat(lora.metadata().get("sshs_model_hash")).matches("[0-9a-f]{64}");
    }

    @Test
    @Tag("parity")
    void metadata_keys_are_those_of_kohya() throws IOException {
        Path recorded = Golden.file("lora/names/kohya.metadata.json");
        assumeThat(recorded).exists();
        Set<String> known = new HashSet<>();
        collectNames(new ObjectMapper().readTree(Files.readString(recorded)), known);
        // of the same standard as the other modelspec keys, but kohya's trainers only write it when told to
        known.add("modelspec.trigger_phrase");

        TrainedLora lora = engine.train(Tiny.training(folder, 1));

        assertThat(known).containsAll(lora.metadata().keySet());
    }

    private static void collectNames(JsonNode json, Set<String> names) {
        json.properties().forEach(field -> {
            names.add(field.getKey());
            collectNames(field.getValue(), names);
        });
    }

    @Test
    void several_prompts_make_one_lora_of_all_of_them() {
        LoraTraining training = Tiny.training(folder, 6).toBuilder()
                .prompts(List.of(
                        Tiny.prompt("krnkmd"),
                        PromptPair.erase("bad hands")
                                .resolution(64)
                                .batchSize(2)
                                .build(),
                        PromptPair.preserve("1girl").resolution(64).build()))
                .build();

        TrainedLora lora = engine.train(training);

        assertThat(lora.losses()).hasSize(6).allMatch(Double::isFinite);
        assertThat(lora.metadata()).containsEntry("modelspec.trigger_phrase", "krnkmd, bad hands");
    }

    @Test
    void states_are_saved_on_the_way() {
        TrainedLora lora =
                engine.train(Tiny.training(folder, Tiny.spec(5).saving(saving -> saving.withEveryIterations(2)))
                        .build());

        assertThat(files())
                .containsExactly(
                        "krnkmd-5.state",
                        "krnkmd.safetensors",
                        "krnkmd_2steps.safetensors",
                        "krnkmd_4steps.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("krnkmd_4steps.safetensors"))) {
            assertThat(file.metadata()).containsEntry("ss_steps", "4");
        }
        assertThat(lora.metadata()).containsEntry("ss_steps", "5");
    }

    @Test
    void state_on_the_way_is_what_a_shorter_training_gives() throws IOException {
        engine.train(Tiny.training(folder.resolve("long"), Tiny.spec(4).saving(saving -> saving.withEveryIterations(2)))
                .build());
        engine.train(Tiny.training(folder.resolve("short"), 2));

        assertThat(tensors(folder.resolve("long/krnkmd_2steps.safetensors")))
                .isEqualTo(tensors(folder.resolve("short/krnkmd.safetensors")));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void file_has_the_precision_that_was_asked_for(Precision precision) {
        TrainedLora lora =
                engine.train(Tiny.training(folder, Tiny.spec(1).saving(saving -> saving.withPrecision(precision)))
                        .build());

        ElementType expected = switch (precision) {
            case FP32 -> ElementType.F32;
            case FP16 -> ElementType.F16;
            case BF16 -> ElementType.BF16;
        };
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            assertThat(file.tensors()).extracting(TensorView::type).containsOnly(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"BF16", "FP16"})
    void reduced_precision_trains_to_nearly_the_same_losses(Precision precision) {
        // without rollouts, since processors compute slowly in FP16
        TrainingSpec.Builder spec = Tiny.spec(2).method(method -> method.withLatents(new LatentSource.Noise(2, 0)));
        TrainedLora exact = engine.train(Tiny.training(folder, spec).build());
        TrainedLora reduced = engine.train(Tiny.training(folder, spec.modelUse(use -> use.withPrecision(precision)))
                .build());

        assertThat(reduced.losses()).hasSize(2).isNotEqualTo(exact.losses());
        assertThat(reduced.firstLoss()).isCloseTo(exact.firstLoss(), within(0.2 * exact.firstLoss()));
    }

    @Test
    void model_may_be_a_folder_of_diffusers() {
        Path model = Tiny.modelFile().resolveSibling("sd1-tiny");
        TrainedLora fromFile = engine.train(Tiny.training(folder.resolve("file"), 2));
        TrainedLora fromFolder = engine.train(Tiny.training(folder.resolve("folder"), 2).toBuilder()
                .model(ModelSource.folder(model))
                .build());

        assertThat(fromFolder.losses()).isEqualTo(fromFile.losses());
    }

    @Test
    void existing_file_is_replaced() throws IOException {
        Files.writeString(folder.resolve("krnkmd.safetensors"), "old");

        engine.train(Tiny.training(folder, 1));

        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("krnkmd.safetensors"))) {
            assertThat(file.tensors()).isNotEmpty();
        }
    }

    @Test
    void short_way_trains_with_an_engine_of_its_own() {
        TrainedLora lora = Txt2Lora.builder()
                .name("krnkmd")
                .model(ModelSource.file(Tiny.modelFile()))
                .prompt(Tiny.prompt("krnkmd"))
                .training(Tiny.spec(1).build())
                .output(folder)
                .build()
                .train();

        assertThat(lora.file()).isRegularFile();
    }

    private static Map<String, List<Float>> tensors(Path path) {
        Map<String, List<Float>> tensors = new HashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorView tensor : file.tensors()) {
                float[] values = tensor.toFloats();
                tensors.put(
                        tensor.name(),
                        Stream.iterate(0, i -> i + 1)
                                .limit(values.length)
                                .map(i -> values[i])
                                .toList());
            }
        }
        return tensors;
    }

    private static List<Integer> pixels(List<GeneratedImage> images) {
        int[] pixels = images.get(0).image().getRGB(0, 0, 64, 64, null, 0, 64);
        return Arrays.stream(pixels).boxed().toList();
    }

    private static Map<String, List<Long>> weightShapes() {
        try (Checkpoint checkpoint = Checkpoint.open(Tiny.modelFile())) {
            return checkpoint.tensors(Component.UNET).entrySet().stream()
                    .collect(Collectors.toMap(
                            Map.Entry::getKey, entry -> entry.getValue().shape()));
        }
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
