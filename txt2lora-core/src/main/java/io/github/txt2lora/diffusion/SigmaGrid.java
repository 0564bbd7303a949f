package io.github.txt2lora.diffusion;

/**
 * The noise levels of a run, for schedulers that see a sample as {@code x0 + sigma * epsilon}.
 *
 * <p>In terms of the training's {@code alpha * x0 + sqrt(1 - alpha^2) * epsilon}, a noise level is
 * {@code sqrt(1 - alpha^2) / alpha}.
 */
final class SigmaGrid {

    /** The exponent of equation 5 of <a href="https://arxiv.org/abs/2206.00364">Karras et al.</a>, from the paper. */
    private static final double KARRAS_RHO = 7;

    private final double[] timesteps;

    /** One more than timesteps: the last is 0. Float32 numbers. */
    private final double[] sigmas;

    private SigmaGrid(double[] timesteps, double[] sigmas) {
        this.timesteps = timesteps;
        this.sigmas = sigmas;
    }

    /** Noise levels for LMS and Euler, at timesteps that may fall between those of the training. */
    static SigmaGrid fractional(SchedulerConfig config) {
        double[] timesteps = TimestepGrid.fractional(config.timestepSpacing(), config.steps(), config.stepsOffset());
        float[] training = config.noiseSchedule().sigmas();
        double[] sigmas = interpolate(training, timesteps);
        if (config.karrasSigmas()) {
            sigmas = karras(sigmas[0], sigmas[sigmas.length - 1], config.steps());
            for (int i = 0; i < timesteps.length; i++) {
                timesteps[i] = (float) timestepOf(sigmas[i], training);
            }
        }
        return new SigmaGrid(timesteps, withFinalZero(sigmas));
    }

    /** Noise levels for DPM-Solver++ and UniPC, at whole timesteps. */
    static SigmaGrid whole(SchedulerConfig config) {
        if (config.karrasSigmas()) {
            float[] training = config.noiseSchedule().sigmas();
            double[] sigmas = karras(training[training.length - 1], training[0], config.steps());
            double[] timesteps = new double[sigmas.length];
            for (int i = 0; i < timesteps.length; i++) {
                timesteps[i] = Math.rint(timestepOf(sigmas[i], training));
            }
            return new SigmaGrid(timesteps, withFinalZero(sigmas));
        }
        return at(TimestepGrid.withoutLast(config.timestepSpacing(), config.steps(), config.stepsOffset()), config);
    }

    /** Noise levels at given timesteps. */
    static SigmaGrid at(double[] timesteps, SchedulerConfig config) {
        return new SigmaGrid(
                timesteps, withFinalZero(interpolate(config.noiseSchedule().sigmas(), timesteps)));
    }

    double[] timesteps() {
        return timesteps.clone();
    }

    /** The noise level before a step; after the last step it is 0. */
    double sigma(int step) {
        return sigmas[step];
    }

    /** The factor between {@code x0 + sigma * epsilon} and the training's form of the same sample. */
    double alpha(int step) {
        return 1 / Math.sqrt(sigmas[step] * sigmas[step] + 1);
    }

    /** Half the logarithm of the signal-to-noise ratio: lambda in the papers on DPM-Solver and UniPC. */
    double lambda(int step) {
        return -Math.log(sigmas[step]);
    }

    /** Multiplied with noise, gives the sample before the first step, in the form {@code x0 + sigma * epsilon}. */
    double initNoiseSigma(TimestepSpacing spacing) {
        return spacing == TimestepSpacing.LEADING ? Math.hypot(sigmas[0], 1) : sigmas[0];
    }

    /**
     * The derivative of the sample by its noise level, which is the predicted noise, for {@code x0 + sigma * epsilon}.
     */
    LinearCombination derivative(int step, PredictedQuantity predictionType) {
        double alpha = alpha(step);
        return predictionType.epsilon(alpha, alpha * sigmas[step]).withSampleScaledBy(alpha);
    }

    /**
     * The sample {@code x0 + sigma * epsilon} after its noise level changed by {@code change}, along its derivative.
     */
    LinearCombination extrapolated(int step, PredictedQuantity predictionType, double change) {
        return derivative(step, predictionType).times(change).plus(new LinearCombination(1, 0));
    }

    /** The noise-free sample, for {@code alpha * x0 + sqrt(1 - alpha^2) * epsilon}. */
    LinearCombination originalSample(int step, PredictedQuantity predictionType) {
        double alpha = alpha(step);
        return predictionType.originalSample(alpha, alpha * sigmas[step]);
    }

    private static double[] interpolate(float[] training, double[] timesteps) {
        double[] sigmas = new double[timesteps.length];
        for (int i = 0; i < sigmas.length; i++) {
            int last = training.length - 1;
            int low = (int) Math.min(timesteps[i], last);
            int high = Math.min(low + 1, last);
            sigmas[i] = training[low] + ((double) training[high] - training[low]) * (timesteps[i] - low);
        }
        return sigmas;
    }

    private static double[] karras(double largest, double smallest, int steps) {
        double start = Math.pow(largest, 1 / KARRAS_RHO);
        double end = Math.pow(smallest, 1 / KARRAS_RHO);
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            double ramp = steps == 1 ? 0 : (double) i / (steps - 1);
            sigmas[i] = Math.pow(start + ramp * (end - start), KARRAS_RHO);
        }
        return sigmas;
    }

    /** The timestep whose noise level is given, interpolated between the logarithms of those of the training. */
    private static double timestepOf(double sigma, float[] training) {
        double logSigma = Math.log(sigma);
        int low = 0;
        while (low < training.length - 2 && logSigma >= logOf(training[low + 1])) {
            low++;
        }
        double lowLog = logOf(training[low]);
        double weight = (lowLog - logSigma) / (lowLog - logOf(training[low + 1]));
        return low + Math.min(1, Math.max(0, weight));
    }

    private static float logOf(float sigma) {
        return (float) Math.log(sigma);
    }

    private static double[] withFinalZero(double[] sigmas) {
        double[] result = new double[sigmas.length + 1];
        for (int i = 0; i < sigmas.length; i++) {
            result[i] = (float) sigmas[i];
        }
        return result;
    }
}
