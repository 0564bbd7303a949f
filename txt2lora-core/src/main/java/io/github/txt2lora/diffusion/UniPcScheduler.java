package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import org.jspecify.annotations.Nullable;

/**
 * UniPC of order 2 with B2(h) = e^h - 1 on the noise-free sample, algorithms 5 and 6 of
 * <a href="https://arxiv.org/abs/2302.04867">UniPC: A Unified Predictor-Corrector Framework for Fast Sampling of
 * Diffusion Models</a>. Each step first corrects the sample that the step before had predicted; the first and the last
 * prediction are of first order.
 */
final class UniPcScheduler extends SigmaScheduler {

    private static final int ORDER = 2;

    private final History originalSamples;

    /** The corrected sample before the former step, owned by this scheduler. */
    private @Nullable NDArray formerSample;

    UniPcScheduler(SchedulerConfig config) {
        super(config, SigmaGrid.whole(config), Form.SCALED);
        originalSamples = new History(config, ORDER);
    }

    @Override
    public NDArray step(NDArray modelOutput, int step, NDArray sample, NoiseSource noise) {
        originalSamples.begin(step);
        NDArray originalSample =
                grid.originalSample(step, config.predictionType()).of(sample, modelOutput);
        NDArray corrected;
        if (formerSample == null) {
            corrected = sample.duplicate();
        } else {
            corrected = correct(step, formerSample, originalSample);
            formerSample.close();
        }
        originalSamples.add(originalSample);
        NDArray previous = predict(step, corrected);
        formerSample = corrected;
        if (step == config.steps() - 1) {
            formerSample.close();
            formerSample = null;
        }
        originalSamples.end();
        return previous;
    }

    /** UniP: from the noise level of {@code step} to the next. */
    private NDArray predict(int step, NDArray sample) {
        Interval interval = new Interval(step);
        NDArray newest = originalSamples.get(0);
        if (!isSecondOrder(step)) {
            return WeightedSum.of(interval.sampleWeight, sample, interval.originalWeight, newest);
        }
        double slope = 0.5 / ratio(step);
        NDArray result = WeightedSum.of(interval.sampleWeight, sample, interval.originalWeight * (1 - slope), newest);
        WeightedSum.add(result, interval.originalWeight * slope, originalSamples.get(1));
        return result;
    }

    /** UniC: the step before {@code step} once more, now that the noise-free sample at its end is known. */
    private NDArray correct(int step, NDArray sample, NDArray reached) {
        int former = step - 1;
        Interval interval = new Interval(former);
        NDArray newest = originalSamples.get(0);
        double reachedWeight = 0.5;
        double olderWeight = 0;
        if (isSecondOrder(former)) {
            double r = ratio(former);
            double h = -interval.h;
            double phi1 = Math.expm1(h) / h - 1;
            double phi2 = phi1 / h - 0.5;
            double b1 = phi1 / Math.expm1(h);
            double b2 = 2 * phi2 / Math.expm1(h);
            double rho = (b2 - b1) / (r - 1);
            reachedWeight = b1 - rho;
            olderWeight = rho / r;
        }
        NDArray result = WeightedSum.of(
                interval.sampleWeight, sample, interval.originalWeight * (1 - reachedWeight - olderWeight), newest);
        WeightedSum.add(result, interval.originalWeight * reachedWeight, reached);
        if (olderWeight != 0) {
            WeightedSum.add(result, interval.originalWeight * olderWeight, originalSamples.get(1));
        }
        return result;
    }

    /** Steps between equal noise levels, which very many steps bring about, tell nothing of the slope. */
    private boolean isSecondOrder(int step) {
        return step > 0
                && step < config.steps() - 1
                && grid.sigma(step) < grid.sigma(step - 1)
                && grid.sigma(step + 1) < grid.sigma(step);
    }

    /** The start of the step before a step, in units of the step: negative. */
    private double ratio(int step) {
        return (grid.lambda(step - 1) - grid.lambda(step)) / (grid.lambda(step + 1) - grid.lambda(step));
    }

    /** The exact solution over a step, were the noise-free sample constant. */
    private final class Interval {

        final double h;
        final double sampleWeight;
        final double originalWeight;

        Interval(int step) {
            h = grid.lambda(step + 1) - grid.lambda(step);
            sampleWeight = grid.sigma(step + 1) * grid.alpha(step + 1) / (grid.sigma(step) * grid.alpha(step));
            originalWeight = -grid.alpha(step + 1) * Math.expm1(-h);
        }
    }
}
