package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.estimate.DeviceSize;
import io.github.txt2lora.leco.estimate.TrainingMemory;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.ProcessMemory;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Loads a model and trains one iteration as the engine does, without the measurements around it, and prints the
 * {@link PeakMemory} as one line of JSON.
 */
final class MeasuredMemory {

    private static final long BYTES_PER_MEBIBYTE = 1 << 20;

    private final MemoryCase memoryCase;
    private final TrainingSpec spec;
    private final List<PromptPair> prompts;

    private MeasuredMemory(MemoryCase memoryCase) {
        this.memoryCase = memoryCase;
        this.spec = TrainingSpec.builder()
                .method(TrainingMethod.leco().withLatents(LatentSource.noise()))
                .iterations(1)
                .learningRate(1e-4)
                .modelUse(use -> use.withPrecision(memoryCase.precision()))
                .lora(LoraSpec.builder()
                        .type(memoryCase.type())
                        .target(memoryCase.target())
                        .rank(memoryCase.rank())
                        .build())
                .build();
        this.prompts = List.of(PromptPair.enhance("krnkmd")
                .positive("cat ears")
                .neutral("1girl")
                .resolution(memoryCase.resolution())
                .batchSize(memoryCase.batchSize())
                .build());
    }

    /**
     * Measures in this JVM.
     *
     * @param args a case as {@link MemoryCase#text()}, and the path of its checkpoint
     */
    public static void main(String[] args) throws IOException {
        PeakMemory memory = new MeasuredMemory(MemoryCase.parse(args[0])).run(Path.of(args[1]));
        System.out.println(new ObjectMapper().writeValueAsString(memory));
    }

    private PeakMemory run(Path file) throws IOException {
        try (Torch torch =
                        Torch.start(EngineOptions.builder().device(Device.cpu()).build());
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(file)) {
            FamilyProfile profile = Families.standard().of(checkpoint);
            TrainingMemory estimate = TrainingMemory.of(
                    profile,
                    checkpoint,
                    spec,
                    prompts,
                    memoryCase.together(),
                    1,
                    memoryCase.memory(),
                    DeviceSize.of(torch));
            Lessons lessons = Lessons.of(prompts, spec.method().preservation());
            var embeddings = PromptEmbeddings.encode(
                    profile.promptEncoder(torch, checkpoint, ClipTokenizer.load(), memoryCase.precision(), 1),
                    lessons,
                    scope,
                    warning -> {});
            checkpoint.requireFinite(Component.UNET);
            double seconds;
            try (Denoiser denoiser = profile.loadDenoiser(torch, checkpoint, memoryCase.precision())) {
                denoiser.use(estimate.use());
                var model = new DenoisingModel(
                        torch,
                        denoiser,
                        embeddings,
                        Parameterization.EPSILON,
                        file.toString(),
                        new LatentCache(0, LatentFolder.none()));
                long begin = System.nanoTime();
                train(profile, model, scope, lessons, estimate.use().samplesAtOnce());
                seconds = (System.nanoTime() - begin) * 1e-9;
            }
            return new PeakMemory(
                    estimate.bytes() / BYTES_PER_MEBIBYTE,
                    ResidentMemory.required(ProcessMemory.PEAK),
                    estimate.plan().inWords(),
                    seconds);
        }
    }

    private void train(FamilyProfile profile, DenoisingModel model, NDManager scope, Lessons lessons, int together) {
        List<LecoTrainer> trainers = new ArrayList<>();
        try {
            for (int i = 0; i < memoryCase.together(); i++) {
                var generator = new TorchGenerator(i);
                LoraParameters lora = LoraParameters.initialize(
                        scope,
                        profile.loraRules().select(model.denoiser().weightShapes(), spec.lora()),
                        spec.lora(),
                        generator);
                trainers.add(new LecoTrainer(model, lora, lessons, spec, generator));
            }
            new TrainerGroup(model.torch(), together).next(trainers);
        } finally {
            trainers.forEach(LecoTrainer::close);
        }
    }
}
