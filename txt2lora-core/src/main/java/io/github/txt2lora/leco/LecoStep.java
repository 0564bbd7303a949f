package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.diffusion.SchedulerPresets;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.UNet.LoraGradient;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;

/**
 * One iteration of LECO up to the gradient: draw a prompt pair and a number of steps, roll out, ask the teacher,
 * compare. The order of random numbers is LECO's, so that a run can be replayed against it.
 */
final class LecoStep {

    /** Time steps that the model was trained on; predictions are compared on this grid. */
    private static final int TRAINING_TIMESTEPS = 1000;

    private static final double LORA_ON = 1;

    private final UNet unet;
    private final List<PromptPair> pairs;
    private final PromptEmbeddings embeddings;
    private final TrainingSpec spec;
    private final Parameterization parameterization;
    private final GuidedDenoiser rollout;
    private final Scheduler comparison;
    private final double[] comparisonTimesteps;
    private LossScale lossScale;

    LecoStep(
            UNet unet,
            List<PromptPair> pairs,
            PromptEmbeddings embeddings,
            TrainingSpec spec,
            Parameterization parameterization) {
        pairs.forEach(LecoDraw::requireDrawable);
        this.unet = unet;
        this.pairs = pairs;
        this.embeddings = embeddings;
        this.spec = spec;
        this.parameterization = parameterization;
        this.rollout = new GuidedDenoiser(unet, LORA_ON);
        this.comparison = scheduler(TRAINING_TIMESTEPS);
        this.comparisonTimesteps = comparison.timesteps();
        this.lossScale = LossScale.initial(spec.precision());
    }

    /**
     * Runs the iteration.
     *
     * @param scope owns the result and everything on the way
     * @param generator the training's random stream
     * @param beforeCall runs before each call of the network; what it throws ends the iteration
     */
    LoraGradient run(NDManager scope, TorchGenerator generator, StepObserver observer, Runnable beforeCall) {
        LecoDraw draw = LecoDraw.next(generator, pairs, spec.maxDenoisingSteps(), embeddings.takePictureSize());
        observer.onDraw(draw);
        PromptPair pair = pairs.get(draw.promptIndex());

        Scheduler scheduler = scheduler(spec.maxDenoisingSteps());
        NDArray initial = scope.create(
                        draw.noise(),
                        new Shape(
                                pair.batchSize(),
                                LecoDraw.LATENT_CHANNELS,
                                draw.size().height() / LecoDraw.LATENT_FACTOR,
                                draw.size().width() / LecoDraw.LATENT_FACTOR))
                .mul((float) scheduler.initNoiseSigma());
        observer.onInitialLatents(initial);
        NoiseSource noise = (owner, shape) -> owner.create(generator.normal(Math.toIntExact(shape.size())), shape);
        NDArray denoised = rollout.run(
                scope,
                scheduler,
                draw.denoisingSteps(),
                initial,
                guidance(scope, pair, draw.size()),
                noise,
                beforeEach(beforeCall));

        int comparedAt = draw.denoisingSteps() * TRAINING_TIMESTEPS / spec.maxDenoisingSteps();
        double timestep = comparisonTimesteps[comparedAt];
        observer.onDenoised(denoised, timestep);
        NDArray input = comparison.scaleModelInput(denoised, comparedAt);

        beforeCall.run();
        NDArray goal = TeacherTarget.of(pair)
                .predict(
                        scope,
                        unet,
                        prompts -> embeddings.batch(scope, prompts, pair.batchSize(), draw.size()),
                        input,
                        timestep,
                        observer);
        observer.onGoal(goal);

        beforeCall.run();
        Conditioning target = embeddings.batch(scope, List.of(pair.target()), pair.batchSize(), draw.size());
        LoraGradient result = unet.loraGradient(scope, goal, lossScale.factor(), input, timestep, target);
        // a loss that is not finite by itself is not the scale's fault
        while (lossScale.canShrink() && Double.isFinite(result.loss()) && !isFinite(result)) {
            lossScale = lossScale.afterOverflow();
            beforeCall.run();
            result = unet.loraGradient(scope, goal, lossScale.factor(), input, timestep, target);
        }
        lossScale = lossScale.afterStep(spec.precision());
        observer.onStudent(result.prediction(), result.gradient());
        return result;
    }

    private static boolean isFinite(LoraGradient result) {
        return Float.isFinite(result.gradient().norm().getFloat());
    }

    LossScale lossScale() {
        return lossScale;
    }

    void lossScale(LossScale newLossScale) {
        lossScale = newLossScale;
    }

    private Guidance guidance(NDManager scope, PromptPair pair, PictureSize size) {
        // u + s (c - u) is c where s is 1 or both prompts are the same
        if (spec.rolloutGuidanceScale() == 1 || pair.target().equals(pair.unconditional())) {
            return Guidance.none(embeddings.batch(scope, List.of(pair.target()), pair.batchSize(), size));
        }
        List<String> prompts = List.of(pair.unconditional(), pair.target());
        return new Guidance(embeddings.batch(scope, prompts, pair.batchSize(), size), spec.rolloutGuidanceScale());
    }

    private static StepHook beforeEach(Runnable call) {
        return new StepHook() {
            @Override
            public void beforeCall() {
                call.run();
            }
        };
    }

    private Scheduler scheduler(int steps) {
        return Scheduler.of(SchedulerPresets.leco(spec.noiseScheduler(), steps, parameterization));
    }
}
