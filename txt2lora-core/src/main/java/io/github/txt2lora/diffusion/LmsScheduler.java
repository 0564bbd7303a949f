package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;

/**
 * The linear multistep method: Adams-Bashforth of order 4 over the unevenly spaced noise levels, as Katherine Crowson
 * brought it to diffusion; the differential equation is equation 1 of
 * <a href="https://arxiv.org/abs/2206.00364">Elucidating the Design Space of Diffusion-Based Generative Models</a>.
 */
final class LmsScheduler extends SigmaScheduler {

    private static final int ORDER = 4;

    private final History derivatives;

    LmsScheduler(SchedulerConfig config) {
        super(config, SigmaGrid.fractional(config), Form.PLAIN);
        derivatives = new History(config, ORDER);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        derivatives.begin(step);
        derivatives.add(grid.derivative(step, config.predictionType()).of(sample, modelOutput));
        int order = derivatives.size();
        NDArray previous = WeightedSum.of(1, sample, coefficient(step, 0, order), derivatives.get(0));
        for (int back = 1; back < order; back++) {
            WeightedSum.add(previous, coefficient(step, back, order), derivatives.get(back));
        }
        derivatives.end();
        return previous;
    }

    /**
     * The integral, over the step, of the Lagrange polynomial that is 1 at the noise level {@code back} steps ago and 0
     * at the others. The two-point Gauss-Legendre rule is exact up to degree 3, which is {@code ORDER - 1}.
     */
    private double coefficient(int step, int back, int order) {
        double middle = (grid.sigma(step + 1) + grid.sigma(step)) / 2;
        double half = (grid.sigma(step + 1) - grid.sigma(step)) / 2;
        double node = half / Math.sqrt(3);
        return half * (lagrange(middle - node, step, back, order) + lagrange(middle + node, step, back, order));
    }

    private double lagrange(double sigma, int step, int back, int order) {
        double product = 1;
        for (int other = 0; other < order; other++) {
            if (other != back) {
                product *= (sigma - grid.sigma(step - other)) / (grid.sigma(step - back) - grid.sigma(step - other));
            }
        }
        return product;
    }
}
