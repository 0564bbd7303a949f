package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.leco.optimizer.Optimizer;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes what an iteration of the default method makes once its latents and goals are cached: loss and gradient of a
 * sample to teach and one to keep in one call, and a step of the optimizer. Prints the {@link IterationCost} as one line
 * of JSON.
 */
final class MeasuredIterations {

    private static final int SAMPLES = 2;
    private static final int FORWARD_AND_BACKWARD = 3;
    private static final double TIMESTEP = 500;
    private static final double LEARNING_RATE = 1e-4;

    private final LoraTraining training;
    private final int measured;

    private MeasuredIterations(LoraTraining training, int measured) {
        this.training = training;
        this.measured = measured;
    }

    /**
     * Measures in this JVM.
     *
     * @param args path of the checkpoint, resolution, precision, number of iterations
     */
    public static void main(String[] args) throws IOException {
        LoraTraining training = LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of(args[0])))
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair, maid uniform, black rimmed glasses, cat ears, black hair")
                        .neutral("1girl")
                        .resolution(Integer.parseInt(args[1]))
                        .build())
                .spec(TrainingSpec.builder()
                        .modelUse(use -> use.withPrecision(Precision.valueOf(args[2])))
                        .build())
                .output(Path.of("."))
                .build();
        IterationCost cost = new MeasuredIterations(training, Integer.parseInt(args[3])).run();
        System.out.println(new ObjectMapper().writeValueAsString(cost));
    }

    /** Time by the clock and of the processor. */
    private record Times(double seconds, double cpuSeconds) {

        static Times of(Runnable task) throws IOException {
            double cpu = ProcessorTime.seconds();
            long begin = System.nanoTime();
            task.run();
            return new Times((System.nanoTime() - begin) * 1e-9, ProcessorTime.seconds() - cpu);
        }

        /** The fastest, which other programs disturbed least. */
        static Times bestOf(int number, Runnable task) throws IOException {
            Times best = of(task);
            for (int i = 1; i < number; i++) {
                Times next = of(task);
                best = new Times(Math.min(best.seconds, next.seconds), Math.min(best.cpuSeconds, next.cpuSeconds));
            }
            return best;
        }
    }

    private IterationCost run() throws IOException {
        EngineOptions options = EngineOptions.builder().device(Device.cpu()).build();
        TrainingSpec spec = training.spec();
        double evaluations;
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            evaluations = engine.estimate(training, 1).evaluations();
        }
        try (Torch torch = Torch.start(options);
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Families.standard().open(training.model())) {
            FamilyProfile profile = Families.standard().of(checkpoint);
            PromptEmbedding prompt = profile.promptEncoder(
                            torch,
                            checkpoint,
                            ClipTokenizer.load(),
                            spec.modelUse().precision(),
                            1)
                    .encode("krnkmd", scope, warning -> {});
            try (Denoiser denoiser =
                    profile.loadDenoiser(torch, checkpoint, spec.modelUse().precision())) {
                LoraSpec lora = spec.lora();
                LoraParameters parameters = LoraParameters.initialize(
                        scope, profile.loraRules().select(denoiser.weightShapes(), lora), lora, new TorchGenerator(0));
                parameters.attachTo(denoiser, scope);
                try (Optimizer optimizer = Optimizer.create(torch, training.optimizer(), parameters)) {
                    Runnable forward = () -> inScope(
                            torch,
                            call -> denoiser.predict(
                                    call, latents(call, denoiser, 1), TIMESTEP, conditioning(call, prompt, 1), 0));
                    Runnable iteration = () -> inScope(torch, call -> {
                        Denoiser.LoraGradient result = denoiser.loraGradient(
                                call,
                                latents(call, denoiser, SAMPLES),
                                1,
                                latents(call, denoiser, SAMPLES),
                                TIMESTEP,
                                conditioning(call, prompt, SAMPLES));
                        optimizer.step(call, result.gradient(), LEARNING_RATE);
                    });
                    Times.of(forward);
                    Times ofForward = Times.bestOf(2, forward);
                    Times.of(iteration);
                    Times ofIteration = Times.bestOf(Math.max(1, measured - 1), iteration);
                    int iterations = training.iterations();
                    return new IterationCost(
                            torch.threads(),
                            ofForward.seconds(),
                            ofForward.cpuSeconds(),
                            ofIteration.seconds(),
                            ofIteration.cpuSeconds(),
                            iterations,
                            evaluations - (double) iterations * SAMPLES * FORWARD_AND_BACKWARD,
                            ResidentMemory.peakMebibytes());
                }
            }
        }
    }

    private interface Call {
        void run(NDManager scope);
    }

    private static void inScope(Torch torch, Call call) {
        try (NDManager scope = torch.newScope()) {
            call.run(scope);
        }
    }

    private Conditioning conditioning(NDManager scope, PromptEmbedding prompt, int samples) {
        int side = training.prompts().get(0).resolution();
        return Conditioning.batch(scope, List.of(prompt), samples, PictureSize.uncropped(side, side));
    }

    private NDArray latents(NDManager scope, Denoiser denoiser, int samples) {
        int side = training.prompts().get(0).resolution() / denoiser.latents().factor();
        var shape = new Shape(samples, denoiser.latents().channels(), side, side);
        return HostNumbers.array(scope, new TorchGenerator(samples).normal(Math.toIntExact(shape.size())), shape);
    }
}
