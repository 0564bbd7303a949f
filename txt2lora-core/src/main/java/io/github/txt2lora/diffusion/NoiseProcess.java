package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.SchedulerType;

/**
 * The noise process of a model: the mixture of images with noise in its training, the quantity that its network
 * predicts, and the steps that lead back. Time is told in timesteps: 0 for an image, up to 1000 for noise.
 */
public interface NoiseProcess {

    /** The timesteps of the training; steps of a rollout are compared on a grid of as many. */
    int TRAINING_TIMESTEPS = 1000;

    /**
     * The steps of a training's rollout.
     *
     * @param steps from noise to image, 1 to 1000
     */
    Scheduler rollout(SchedulerType scheduler, int steps);

    /**
     * The steps in which an image is drawn.
     *
     * @param steps from noise to image, 1 to 1000
     */
    Scheduler drawing(SchedulerType scheduler, int steps);

    /**
     * Few steps from noise to image that add no noise on the way.
     *
     * @param steps 1 to 1000
     */
    Scheduler fewSteps(int steps);

    /**
     * Steps from noise down to a timestep, at which the run is to be left; one step more would end it. They add no
     * noise on the way.
     *
     * @param timestep 0 to 999
     * @param steps number of steps that lead there, 1 to 999
     */
    Scheduler downTo(int timestep, int steps);

    /**
     * Mixes images with noise.
     *
     * @param timesteps one for each entry of the batch
     * @return a new array in the manager of the images
     */
    NDArray addNoise(NDArray original, NDArray noise, double[] timesteps);

    /**
     * What a network that knew the image would predict for its mixture with the noise.
     *
     * @param timesteps one for each entry of the batch
     * @return a new array in the manager of the images
     */
    NDArray perfectPrediction(NDArray original, NDArray noise, double[] timesteps);

    /**
     * The weight of a timestep in the loss by the min-SNR-gamma strategy of
     * <a href="https://arxiv.org/abs/2303.09556">Efficient Diffusion Training via Min-SNR Weighting Strategy</a>.
     *
     * @param gamma the largest signal-to-noise ratio that counts in full, above 0
     */
    double minSnrWeight(double timestep, double gamma);

    /** Whether the network predicts a velocity rather than the noise. */
    boolean predictsVelocity();

    /** Whether a schedule that was made for some signal in the last timestep was rescaled to have none there. */
    boolean zeroTerminalSnr();
}
