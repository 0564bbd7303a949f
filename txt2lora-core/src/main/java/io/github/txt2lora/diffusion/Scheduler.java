package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * A scheduler: turns the UNet's outputs into a less noisy sample, step by step. Numbers agree with diffusers.
 *
 * <p>An instance is one run over the steps of its {@link SchedulerConfig}. Multistep schedulers (LMS, DPM-Solver++,
 * UniPC) remember former steps and take steps only in order from 0; the others take any step at any time. Not
 * thread-safe.
 *
 * <p><b>Who owns the arrays.</b> Every result, every temporary and every remembered array is created in the manager of
 * the sample that was passed in. The caller scopes it: a run uses one sub-manager for all its samples. Temporaries are
 * closed at once, remembered arrays when they are no longer needed, at the latest after the last step. The arrays
 * passed in are neither changed nor kept, so the caller may close a sample as soon as it has the next.
 *
 * <p>Samples are float32 {@code (batch, channels, height, width)}; a UNet's output may have another precision.
 */
public interface Scheduler {

    /** Starts a run. */
    static Scheduler of(SchedulerConfig config) {
        return config.kind().start(config);
    }

    /** The timestep of each step, descending, as the UNet gets it; fractional for linspace LMS and Euler. A copy. */
    double[] timesteps();

    /** The factor on standard normal noise that gives the sample before step 0. */
    double initNoiseSigma();

    /**
     * The sample as the UNet expects it, with variance 1.
     *
     * @return {@code sample} itself where nothing is to be scaled, else a new array
     * @throws io.github.txt2lora.InvalidSettingException if there is no such step
     */
    NDArray scaleModelInput(NDArray sample, int step);

    /**
     * Takes one step.
     *
     * @param modelOutput the UNet's prediction for the scaled sample
     * @param step 0 to {@code steps - 1}
     * @param sample the sample before the step, not scaled
     * @param noise asked once in each step of Euler ancestral and of DDIM with eta above 0, once in each step of DDPM
     *     except at timestep 0, and never by the others
     * @return the sample after the step, a new array
     * @throws io.github.txt2lora.InvalidSettingException if there is no such step, or a multistep scheduler has not
     *     just taken the one before
     */
    NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise);

    /**
     * Noises a clean sample to the level before a step.
     *
     * @return a new array, such as {@link #step} takes
     * @throws io.github.txt2lora.InvalidSettingException if there is no such step
     */
    NDArray addNoise(NDArray original, NDArray noise, int step);
}
