package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.torch.HostNumbers;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The amount of noise at each of the 1000 timesteps of the training, and the forward process: immutable.
 *
 * <p>At timestep t a noisy sample is {@code alpha * x0 + sigma * epsilon} with {@code alpha = sqrt(alphasCumprod[t])}
 * and {@code sigma = sqrt(1 - alphasCumprod[t])}; timestep 0 has the least noise. Betas and cumulated alphas are
 * float32 numbers rounded where PyTorch rounds them, because models were trained with those.
 *
 * <p>Tensors are float32 {@code (batch, channels, height, width)}; methods take one timestep for the whole batch or one
 * for each of its entries, and return a new array in the manager of their first tensor.
 */
public final class NoiseSchedule {

    /** The number of timesteps that all Stable Diffusion models were trained with. */
    public static final int TRAINING_TIMESTEPS = 1000;

    private static final double BETA_START = 0.00085;
    private static final double BETA_END = 0.012;

    /** As diffusers: small enough to be pure noise, large enough that the noise level, 4096, is finite. */
    private static final float TERMINAL_FLOOR = 0x1p-24f;

    private final float[] alphasCumprod;

    private NoiseSchedule(float[] alphasCumprod) {
        this.alphasCumprod = alphasCumprod;
    }

    /** The schedule of Stable Diffusion 1.x, 2.x and SDXL: {@code scaled_linear} betas from 0.00085 to 0.012. */
    public static NoiseSchedule stableDiffusion() {
        float[] betas = linspace((float) Math.sqrt(BETA_START), (float) Math.sqrt(BETA_END));
        for (int t = 0; t < betas.length; t++) {
            betas[t] *= betas[t];
        }
        return new NoiseSchedule(cumprodOfAlphas(betas));
    }

    /**
     * This schedule stretched so that the last timestep is pure noise, algorithm 1 of
     * <a href="https://arxiv.org/abs/2305.08891">Common Diffusion Noise Schedules and Sample Steps are Flawed</a>.
     */
    public NoiseSchedule rescaledToZeroTerminalSnr() {
        int last = alphasCumprod.length - 1;
        float first = (float) Math.sqrt(alphasCumprod[0]);
        float terminal = (float) Math.sqrt(alphasCumprod[last]);
        float stretch = first / (first - terminal);
        float[] betas = new float[alphasCumprod.length];
        float previous = 1;
        for (int t = 0; t <= last; t++) {
            float shifted = ((float) Math.sqrt(alphasCumprod[t]) - terminal) * stretch;
            float alphaBar = shifted * shifted;
            betas[t] = 1 - alphaBar / previous;
            previous = alphaBar;
        }
        return new NoiseSchedule(cumprodOfAlphas(betas));
    }

    /** This schedule with a last timestep that is not quite pure noise, so that all noise levels are finite. */
    NoiseSchedule withTerminalFloor() {
        float[] floored = alphasCumprod.clone();
        floored[floored.length - 1] = TERMINAL_FLOOR;
        return new NoiseSchedule(floored);
    }

    /** The cumulated products of {@code 1 - beta}, one for each timestep from 0 to 999; a copy. */
    public float[] alphasCumprod() {
        return alphasCumprod.clone();
    }

    /**
     * The cumulated product of {@code 1 - beta} up to a timestep.
     *
     * @param timestep 0 or more; beyond 999 counts as 999, which a leading grid with an offset can reach
     */
    double alphaCumprod(int timestep) {
        return alphasCumprod[Math.min(timestep, alphasCumprod.length - 1)];
    }

    /** The noise level {@code sqrt((1 - alphasCumprod) / alphasCumprod)} of each timestep. */
    float[] sigmas() {
        float[] sigmas = new float[alphasCumprod.length];
        for (int t = 0; t < sigmas.length; t++) {
            sigmas[t] = (float) Math.sqrt((1 - alphasCumprod[t]) / alphasCumprod[t]);
        }
        return sigmas;
    }

    /**
     * The signal-to-noise ratio {@code alpha^2 / sigma^2} at a timestep; 0 for pure noise.
     *
     * @throws InvalidSettingException if the timestep is not within 0..999
     */
    public double snr(int timestep) {
        double alphaBar = alphasCumprod[checked(timestep)];
        return alphaBar / (1 - alphaBar);
    }

    /**
     * The weight of a timestep in the loss by the min-SNR-gamma strategy of
     * <a href="https://arxiv.org/abs/2303.09556">Efficient Diffusion Training via Min-SNR Weighting Strategy</a>:
     * {@code min(snr, gamma) / snr} for epsilon and {@code min(snr, gamma) / (snr + 1)} for v.
     *
     * @param gamma the largest SNR that counts in full, above 0; the paper recommends 5
     * @throws InvalidSettingException if the timestep is not within 0..999 or gamma is not a positive number
     */
    public double minSnrWeight(int timestep, double gamma, PredictedQuantity predictionType) {
        if (!(gamma > 0) || Double.isInfinite(gamma)) {
            throw new InvalidSettingException("Min-SNR gamma is " + gamma + "; expected a number above 0, usually 5");
        }
        double snr = snr(timestep);
        return switch (predictionType) {
            // The limit at pure noise, where the quotient would be 0 / 0.
            case EPSILON -> snr <= gamma ? 1 : gamma / snr;
            case V_PREDICTION -> Math.min(snr, gamma) / (snr + 1);
        };
    }

    /** The forward process: {@code alpha * original + sigma * noise}. */
    public NDArray addNoise(NDArray original, NDArray noise, int... timesteps) {
        return combine(original, this::alpha, noise, this::sigma, timesteps);
    }

    /** The velocity that a v-prediction model learns: {@code alpha * noise - sigma * original}. */
    public NDArray velocity(NDArray original, NDArray noise, int... timesteps) {
        return combine(original, alphaBar -> -sigma(alphaBar), noise, this::alpha, timesteps);
    }

    /** The noise-free sample that a UNet's output stands for; not finite for epsilon at zero SNR. */
    public NDArray originalSample(PredictedQuantity type, NDArray sample, NDArray output, int... timesteps) {
        return combine(
                sample,
                alphaBar ->
                        type.originalSample(alpha(alphaBar), sigma(alphaBar)).sample(),
                output,
                alphaBar ->
                        type.originalSample(alpha(alphaBar), sigma(alphaBar)).output(),
                timesteps);
    }

    /** The noise that a UNet's output stands for. */
    public NDArray epsilon(PredictedQuantity type, NDArray sample, NDArray output, int... timesteps) {
        return combine(
                sample,
                alphaBar -> type.epsilon(alpha(alphaBar), sigma(alphaBar)).sample(),
                output,
                alphaBar -> type.epsilon(alpha(alphaBar), sigma(alphaBar)).output(),
                timesteps);
    }

    private double alpha(double alphaBar) {
        return Math.sqrt(alphaBar);
    }

    private double sigma(double alphaBar) {
        return Math.sqrt(1 - alphaBar);
    }

    private NDArray combine(
            NDArray x, DoubleUnaryOperator xWeight, NDArray y, DoubleUnaryOperator yWeight, int... timesteps) {
        try (NDArray a = weights(x, xWeight, timesteps);
                NDArray b = weights(x, yWeight, timesteps);
                NDArray weighted = y.mul(b)) {
            return x.mul(a).addi(weighted);
        }
    }

    /** One weight per timestep, shaped to multiply the entries of a batch. */
    private NDArray weights(NDArray batch, DoubleUnaryOperator weight, int... timesteps) {
        Shape shape = batch.getShape();
        if (timesteps.length != 1 && timesteps.length != shape.get(0)) {
            throw new InvalidSettingException("Found " + timesteps.length + " timesteps for a batch of shape " + shape
                    + "; expected one for all, or one for each entry");
        }
        float[] weights = new float[timesteps.length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) weight.applyAsDouble(alphasCumprod[checked(timesteps[i])]);
        }
        long[] dimensions = new long[shape.dimension()];
        Arrays.fill(dimensions, 1);
        dimensions[0] = weights.length;
        return HostNumbers.array(batch.getManager(), weights, new Shape(dimensions));
    }

    private int checked(int timestep) {
        if (timestep < 0 || timestep >= alphasCumprod.length) {
            throw new InvalidSettingException(
                    "Timestep " + timestep + " is outside of the training's 0.." + (alphasCumprod.length - 1));
        }
        return timestep;
    }

    /** As torch.linspace, which counts the second half down from the end and rounds once per value. */
    private static float[] linspace(float start, float end) {
        float[] values = new float[TRAINING_TIMESTEPS];
        float step = (end - start) / (values.length - 1);
        for (int i = 0; i < values.length; i++) {
            values[i] = i < values.length / 2 ? Math.fma(step, i, start) : Math.fma(-step, values.length - 1 - i, end);
        }
        return values;
    }

    /** As torch.cumprod, which multiplies in double precision and rounds what it writes. */
    private static float[] cumprodOfAlphas(float[] betas) {
        float[] products = new float[betas.length];
        double product = 1;
        for (int t = 0; t < betas.length; t++) {
            product *= 1 - betas[t];
            products[t] = (float) product;
        }
        return products;
    }
}
