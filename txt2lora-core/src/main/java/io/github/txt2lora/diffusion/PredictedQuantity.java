package io.github.txt2lora.diffusion;

/**
 * The quantity that a UNet was trained to predict for a noisy sample {@code x = alpha * x0 + sigma * epsilon}, where
 * {@code alpha^2 + sigma^2 = 1}.
 */
public enum PredictedQuantity {
    /** The noise: Stable Diffusion 1.x, SD 2.x base, SDXL. */
    EPSILON {
        @Override
        LinearCombination originalSample(double alpha, double sigma) {
            return new LinearCombination(1 / alpha, -sigma / alpha);
        }

        @Override
        LinearCombination epsilon(double alpha, double sigma) {
            return new LinearCombination(0, 1);
        }
    },

    /**
     * The velocity {@code v = alpha * epsilon - sigma * x0} of
     * <a href="https://arxiv.org/abs/2202.00512">Progressive Distillation</a>: SD 2.x 768 and zero-terminal-SNR models.
     */
    V_PREDICTION {
        @Override
        LinearCombination originalSample(double alpha, double sigma) {
            return new LinearCombination(alpha, -sigma);
        }

        @Override
        LinearCombination epsilon(double alpha, double sigma) {
            return new LinearCombination(sigma, alpha);
        }
    };

    /** The noise-free sample x0 in terms of the noisy sample and the UNet's output. */
    abstract LinearCombination originalSample(double alpha, double sigma);

    /** The noise in terms of the noisy sample and the UNet's output. */
    abstract LinearCombination epsilon(double alpha, double sigma);
}
