package io.github.txt2lora.leco;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import io.github.txt2lora.workspace.LecoConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Replays whole runs of LECO from its own settings files, step by step. */
@Tag("parity")
class LecoParityTest {

    @TestFactory
    Stream<DynamicTest> runs_agree_with_leco_step_by_step() {
        List<Path> runs = GoldenCases.files("leco", ".json").stream()
                .filter(file -> !file.toString().endsWith(".failure.json"))
                .toList();
        return GoldenCases.each("leco", runs, LecoParityTest::replay);
    }

    private static void replay(Path file) {
        JsonNode recorded = read(file);
        Path config = Golden.file("leco").resolve(recorded.get("config").asText());
        LoraTraining training = asLecoMeantIt(LecoConfigFile.read(config).toTraining(Golden.dir()));
        TrainingSpec spec = training.spec();
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = GoldenCheckpoints.open(baseName(training));
                UNet unet = UNet.load(torch, checkpoint, spec.modelUse().precision());
                GoldenFile tensors =
                        GoldenFile.open(file.resolveSibling(GoldenCases.name(file, ".json") + ".safetensors"))) {
            PromptEncoder encoder = Families.standard()
                    .of(checkpoint)
                    .promptEncoder(
                            torch,
                            checkpoint,
                            ClipTokenizer.load(),
                            spec.modelUse().precision(),
                            1);
            var lessons = Lessons.of(training.prompts(), spec.method().preservation());
            PromptEmbeddings embeddings = PromptEmbeddings.encode(encoder, lessons, scope, warning -> {});
            LoraParameters parameters = LoraParameters.initialize(
                    scope,
                    new UNetLoraRules().select(unet.weightShapes(), spec.lora()),
                    spec.lora(),
                    new TorchGenerator(recorded.get("network_seed").asLong()));
            var expected = new RecordedRun(recorded, tensors, training, parameters);
            expected.compareInitialValues();
            var model = new DenoisingModel(
                    torch,
                    unet,
                    embeddings,
                    Parameterization.of(
                            checkpoint,
                            spec.modelUse().predictionType(),
                            spec.modelUse().terminalSnr(),
                            warning -> {}),
                    "recorded",
                    new LatentCache(0, LatentFolder.none()));
            try (var trainer = new LecoTrainer(
                    model,
                    parameters,
                    lessons,
                    spec,
                    new TorchGenerator(recorded.get("loop_seed").asLong()))) {
                var group = new TrainerGroup(torch);
                while (!trainer.isDone()) {
                    RecordedStep step = expected.step(trainer.iteration());
                    var outcome =
                            (Outcome.Trained) group.next(List.of(trainer), step).get(0);
                    step.compareResult(outcome.iteration());
                    expected.compareParameters("after" + trainer.iteration());
                }
            }
            expected.compareParameters("last");
            expected.compareFile();
        }
    }

    /** In LECO, noxattn and innoxattn select the modules of full, against their names. */
    private static LoraTraining asLecoMeantIt(LoraTraining training) {
        LoraSpec lora = training.spec().lora();
        if (!List.of(LoraTarget.NOXATTN, LoraTarget.INNOXATTN).contains(lora.target())) {
            return training;
        }
        LoraSpec full = lora.toBuilder().target(LoraTarget.FULL).build();
        return training.toBuilder()
                .spec(training.spec().toBuilder().lora(full).build())
                .build();
    }

    private static String baseName(LoraTraining training) {
        String name = training.model().displayName();
        return name.endsWith(".safetensors") ? name.substring(0, name.length() - ".safetensors".length()) : name;
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
