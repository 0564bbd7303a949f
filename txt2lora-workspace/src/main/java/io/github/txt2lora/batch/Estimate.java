package io.github.txt2lora.batch;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.PreviewSettings;
import java.time.Duration;

/**
 * A rough estimate of the needs of a LoRA, from the size of its model. The rules, which were fitted to SD 1.5 and can
 * be wrong by a factor of two:
 *
 * <ul>
 *   <li>Memory: see {@link TrainingEstimate}.
 *   <li>Time: an evaluation of the UNet for one image computes 0.22 operations for each of its weights and each latent
 *       pixel, at {@link #OPERATIONS_PER_CORE} in a second on each core of the CPU, plus 5 ms. How many there are
 *       in a training is told by {@link TrainingEstimate#evaluations}; a step of a preview takes 2. Previews while it
 *       trains take no more than their share.
 *   <li>Disk: {@link TrainingEstimate#diskBytes}, and 20 MiB for the preview.
 * </ul>
 *
 * @param name the LoRA's name
 * @param training estimate of the training
 * @param trainingTime on the CPU, with the previews while it trains
 * @param previewTime on the CPU
 * @param diskBytes in the LoRA's folder
 */
public record Estimate(
        String name, TrainingEstimate training, Duration trainingTime, Duration previewTime, long diskBytes) {

    /** Floating point operations in a second: 65 billion were measured on 2 cores. */
    static final double OPERATIONS_PER_CORE = 32e9;

    private static final double OPERATIONS_PER_WEIGHT_AND_PIXEL = 0.22;
    private static final double SECONDS_PER_EVALUATION = 0.005;
    private static final int PIXELS_PER_LATENT = 8;
    private static final long PICTURE_BYTES = 20 << 20;

    /** The kind of model, for example {@code Stable Diffusion 1.x}. */
    public String family() {
        return training.family();
    }

    /** The memory at the most at one time, in bytes. */
    public long memoryBytes() {
        return training.memoryBytes();
    }

    /**
     * Estimates.
     *
     * @param training estimate of the project's training
     * @param cores of the CPU
     */
    static Estimate of(LoraProject project, TrainingEstimate training, int cores) {
        return new Estimate(
                project.name(),
                training,
                seconds(withPreviews(project, training, cores, trainingSeconds(project, training, cores))),
                seconds(previewSeconds(project, training.unetParameters(), cores)),
                training.diskBytes() + PICTURE_BYTES);
    }

    private static double trainingSeconds(LoraProject project, TrainingEstimate training, int cores) {
        double pair = project.prompts().stream()
                .mapToDouble(prompt -> secondsOf(prompt, training.unetParameters(), cores))
                .average()
                .orElseThrow();
        return training.evaluations() * pair;
    }

    private static double withPreviews(
            LoraProject project, TrainingEstimate training, int cores, double trainingSeconds) {
        PreviewSettings preview = project.settings().preview();
        if (preview.everyIterations() == 0) {
            return trainingSeconds;
        }
        double evaluation = evaluation(
                training.unetParameters(), pixels(PreviewGrid.width(project), PreviewGrid.height(project)), cores);
        int models = 1 + project.settings().alsoOn().size();
        int previews = project.settings().spec().iterationsFor(project.prompts(), models) / preview.everyIterations();
        double wanted = 2.0
                * preview.whileTraining().steps()
                * PreviewGrid.picturesWhileTraining(project)
                * previews
                * evaluation;
        double share = preview.mostShare();
        return trainingSeconds + (share == 1 ? wanted : Math.min(wanted, trainingSeconds * share / (1 - share)));
    }

    private static double secondsOf(PromptPair pair, long weights, int cores) {
        return pair.batchSize() * evaluation(weights, pixels(pair.width(), pair.height()), cores);
    }

    private static double previewSeconds(LoraProject project, long weights, int cores) {
        PreviewSettings preview = project.settings().preview();
        if (!preview.enabled()) {
            return 0;
        }
        double pixels = pixels(PreviewGrid.width(project), PreviewGrid.height(project));
        return 2.0 * preview.steps() * PreviewGrid.pictures(project) * evaluation(weights, pixels, cores);
    }

    private static double evaluation(long weights, double pixels, int cores) {
        return SECONDS_PER_EVALUATION
                + OPERATIONS_PER_WEIGHT_AND_PIXEL * weights * pixels / (OPERATIONS_PER_CORE * cores);
    }

    private static double pixels(int width, int height) {
        return (double) width / PIXELS_PER_LATENT * height / PIXELS_PER_LATENT;
    }

    /** As a duration, which cannot hold more than some hundred billion years. */
    private static Duration seconds(double seconds) {
        return Duration.ofSeconds((long) Math.min(seconds, 1e15));
    }
}
