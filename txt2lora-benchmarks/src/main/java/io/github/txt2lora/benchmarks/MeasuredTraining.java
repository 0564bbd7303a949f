package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Trains for some iterations, as the engine does, and prints the {@link Measurement} as one line of JSON. */
final class MeasuredTraining {

    private static final Duration WITHOUT_START_TIME = Duration.ZERO;

    private final Workload workload;
    private final Path checkpointFile;
    private final TrainingSpec spec;
    private final Lessons lessons;

    private MeasuredTraining(Workload workload, Path checkpointFile) {
        this.workload = workload;
        this.checkpointFile = checkpointFile;
        this.spec = TrainingSpec.leco()
                .iterations(1 + workload.iterations())
                .lora(LoraSpec.builder().rank(8).alpha(4).build())
                .build();
        var pair = PromptPair.enhance("krnkmd")
                .positive("short hair,maid uniform,black rimmed glasses,cat ears,black hair")
                .neutral("1girl")
                .resolution(workload.resolution())
                .batchSize(workload.batchSize())
                .build();
        this.lessons = Lessons.of(List.of(pair), spec.method().preservation());
    }

    /**
     * Measures in this JVM.
     *
     * @param args the name of the {@link Workload} and the path of its checkpoint
     */
    public static void main(String[] args) throws IOException {
        var training = new MeasuredTraining(Workload.valueOf(args[0]), Path.of(args[1]));
        System.out.println(new ObjectMapper().writeValueAsString(training.run()));
    }

    private Measurement run() throws IOException {
        try (Torch torch = Torch.start(
                        EngineOptions.builder().threads(workload.threads()).build());
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(checkpointFile)) {
            // in the order of the engine
            PromptEmbeddings embeddings = encodePrompts(torch, checkpoint, scope);
            checkpoint.requireFinite(Component.UNET, Component.TEXT_ENCODER);
            try (UNet unet = UNet.load(torch, checkpoint, spec.modelUse().precision())) {
                var generator = new TorchGenerator(spec.seed());
                LoraParameters parameters = LoraParameters.initialize(
                        scope, new UNetLoraRules().select(unet.weightShapes(), spec.lora()), spec.lora(), generator);
                var model = new DenoisingModel(
                        torch,
                        unet,
                        embeddings,
                        Parameterization.EPSILON,
                        checkpointFile.toString(),
                        new LatentCache(0, LatentFolder.none()));
                try (var trainer = new LecoTrainer(model, parameters, lessons, spec, generator)) {
                    return measure(trainer, new TrainerGroup(torch), unet, torch.threads());
                }
            }
        }
    }

    private PromptEmbeddings encodePrompts(Torch torch, Checkpoint checkpoint, NDManager owner) {
        PromptEncoder encoder = Families.standard()
                .of(checkpoint)
                .promptEncoder(
                        torch,
                        checkpoint,
                        ClipTokenizer.load(),
                        spec.modelUse().precision(),
                        spec.modelUse().clipSkip());
        return PromptEmbeddings.encode(encoder, lessons, owner, warning -> {});
    }

    private Measurement measure(LecoTrainer trainer, TrainerGroup group, UNet unet, int threads) throws IOException {
        Duration loaded = sinceJvmStart();
        group.next(List.of(trainer));
        long evaluationsBefore = unet.forwardSamples();
        long startNanos = System.nanoTime();
        while (!trainer.isDone()) {
            group.next(List.of(trainer));
        }
        double seconds = (System.nanoTime() - startNanos) * 1e-9;
        double evaluations = unet.forwardSamples() - evaluationsBefore;
        return new Measurement(
                workload.name(),
                workload.title(),
                workload.resolution(),
                workload.batchSize(),
                threads,
                workload.iterations(),
                seconds / workload.iterations(),
                evaluations / workload.iterations(),
                loaded.toMillis() / 1000.0,
                ResidentMemory.peakMebibytes());
    }

    private static Duration sinceJvmStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .map(start -> Duration.between(start, Instant.now()))
                .orElse(WITHOUT_START_TIME);
    }
}
