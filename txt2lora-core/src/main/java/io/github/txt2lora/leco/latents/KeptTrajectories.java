package io.github.txt2lora.leco.latents;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.leco.latents.TeacherTrajectories.Prediction;
import io.github.txt2lora.leco.lesson.TeacherTarget;
import java.util.HashMap;
import java.util.Map;

/**
 * Latents on the way to the images of prompts to preserve, with what the base model predicts there; see
 * {@link io.github.txt2lora.KeptLatents#TRAJECTORIES}.
 */
public final class KeptTrajectories {

    /** Trajectories of each prompt: there are many prompts, and each is drawn seldom. */
    private static final int EACH = 4;

    /** The neutral prompt names little, so its images vary most, and it is drawn most often. */
    private static final int OF_NEUTRAL = 16;

    private static final int STEPS = 7;

    private static final double GUIDANCE_SCALE = 3;

    /** Guidance extrapolates from the unconditional prediction, so it has to stay everywhere. */
    private static final double UNCONDITIONAL_SHARE = 0.2;

    /** The same for all trainings, so that they share trajectories; far from the seeds of the targets'. */
    private static final long SEED = 8_000_000;

    private final DenoisingModel model;
    private final TimestepRange range;
    private final Map<Key, TeacherTrajectories> byPrompt = new HashMap<>();

    private record Key(String prompt, int count, int height, int width, boolean dynamicResolution, boolean crops) {}

    /**
     * Trajectories that are sampled when they are first needed.
     *
     * @param range of timesteps to compare
     */
    public KeptTrajectories(DenoisingModel model, TimestepRange range) {
        this.model = model;
        this.range = range;
    }

    /**
     * Latents with the prediction to preserve.
     *
     * @param batch with the prediction as its goal
     * @param prompt whose prediction it is
     */
    public record Kept(NoisyBatch batch, String prompt) {}

    /**
     * Forward evaluations of the denoiser for the trajectories of preserved prompts.
     *
     * @param neutral number of neutral prompts
     * @param others number of others
     */
    public static double evaluations(int neutral, int others) {
        return (OF_NEUTRAL * neutral + EACH * others) * (double) STEPS * LatentsPlan.WITH_GUIDANCE;
    }

    /** States on the way to images of a neutral prompt. */
    static double statesOfNeutral() {
        return OF_NEUTRAL * (double) STEPS;
    }

    /** Whether latents for a pair all have one size, so that those of a preserved prompt can go beside them. */
    public boolean fit(PromptPair pair) {
        return !LatentDraw.isLeftToChance(pair, model.embeddings());
    }

    /** As many latents as the pair's batch has samples, on the way to images of another prompt. */
    public Kept next(StepContext context, PromptPair pair, String prompt) {
        TeacherTrajectories trajectories = of(pair, prompt);
        boolean isUnconditional = context.generator().uniformDouble() < UNCONDITIONAL_SHARE;
        NoisyBatch batch = trajectories.batch(
                context, pair.batchSize(), true, isUnconditional ? Prediction.UNCONDITIONAL : Prediction.GOAL);
        return new Kept(batch, isUnconditional ? TeacherTrajectories.UNCONDITIONAL : prompt);
    }

    /** Those to the images of a prompt, at the pair's resolution. */
    TeacherTrajectories of(PromptPair pair, String prompt) {
        return byPrompt.computeIfAbsent(
                new Key(
                        prompt,
                        prompt.equals(pair.neutral()) ? OF_NEUTRAL : EACH,
                        pair.height(),
                        pair.width(),
                        pair.dynamicResolution(),
                        pair.dynamicCrops()),
                key -> new TeacherTrajectories(
                        model,
                        TeacherTarget.keeping(prompt),
                        pair,
                        new LatentSource.Trajectories(key.count(), STEPS, GUIDANCE_SCALE),
                        range,
                        SEED));
    }
}
