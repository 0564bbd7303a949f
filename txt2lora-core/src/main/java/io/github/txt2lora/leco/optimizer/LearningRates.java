package io.github.txt2lora.leco.optimizer;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LearningRateSchedule.Constant;
import io.github.txt2lora.LearningRateSchedule.Cosine;
import io.github.txt2lora.LearningRateSchedule.CosineWithRestarts;
import io.github.txt2lora.LearningRateSchedule.Linear;
import io.github.txt2lora.LearningRateSchedule.Step;
import io.github.txt2lora.TrainingSpec;
import java.util.stream.IntStream;

/**
 * The learning rate of each iteration, as a closed form: it depends on nothing but the iteration, so a resumed training
 * continues where it stopped.
 *
 * <p>Over the first {@code warmupIterations} the rate rises on a line from 0, {@code rate * i / warmupIterations}, as
 * in transformers and kohya's scripts. The schedule then spans the iterations that remain; a tenth or hundredth that
 * it takes of all iterations is one of these. Without warm-up the rates equal those of PyTorch's
 * {@code CosineAnnealingLR(T_max=iterations)}, {@code CosineAnnealingWarmRestarts}, {@code StepLR} and
 * {@code LinearLR}.
 *
 * @param schedule course of the rate after the warm-up
 * @param rate the full learning rate, greater than 0
 * @param iterations iterations of the whole training, 1 or more
 * @param warmupIterations iterations of the warm-up, 0 to {@code iterations}
 */
public record LearningRates(LearningRateSchedule schedule, double rate, int iterations, int warmupIterations) {

    /** LECO's {@code cosine_with_restarts} takes this part of all iterations for its first cycle. */
    private static final int FIRST_CYCLES_IN_ALL = 10;

    /** LECO's {@code step} makes this many steps. */
    private static final int STEPS_IN_ALL = 100;

    /**
     * The learning rates of a training; shares of the full rate where that is not set.
     *
     * @param iterations of the training, 1 or more
     */
    public static LearningRates of(TrainingSpec training, int iterations) {
        return new LearningRates(
                training.learningRateSchedule(),
                training.learningRate().orElse(1),
                iterations,
                training.warmupIterations());
    }

    /** The same with another full rate. */
    public LearningRates withRate(double newRate) {
        return new LearningRates(schedule, newRate, iterations, warmupIterations);
    }

    /**
     * The learning rate with which an iteration changes the weights.
     *
     * @param iteration counted from 0
     * @throws InvalidSettingException if there is no such iteration
     */
    public double at(int iteration) {
        if (iteration < 0 || iteration >= iterations) {
            throw InvalidSettingException.of("iteration", iteration, "a number from 0 to " + (iterations - 1));
        }
        if (iteration < warmupIterations) {
            return rate * iteration / warmupIterations;
        }
        return rate * factor(iteration - warmupIterations, iterations - warmupIterations);
    }

    /**
     * Whether a training with another number of iterations has the same learning rates as far as it has come.
     *
     * @param otherIterations of that training
     * @param made iterations that are compared, at most those of either training
     */
    public boolean agreeWith(int otherIterations, int made) {
        if (otherIterations == iterations) {
            return true;
        }
        if (otherIterations < Math.max(1, Math.max(made, warmupIterations)) || iterations < made) {
            return false;
        }
        var other = new LearningRates(schedule, rate, otherIterations, warmupIterations);
        return IntStream.range(0, made).allMatch(i -> at(i) == other.at(i));
    }

    /** The share of the full rate at a place in the schedule's length. */
    private double factor(int place, int length) {
        if (schedule instanceof Constant) {
            return 1;
        }
        if (schedule instanceof Linear linear) {
            return 1 + (linear.endFactor() - 1) * place / length;
        }
        if (schedule instanceof Cosine cosine) {
            return cosine(cosine.minimumFactor(), place, length);
        }
        if (schedule instanceof CosineWithRestarts restarts) {
            return restarts(restarts, place, length);
        }
        Step step = (Step) schedule;
        int stepSize = step.stepSize() > 0 ? step.stepSize() : Math.max(1, length / STEPS_IN_ALL);
        int decays = place / stepSize;
        return StrictMath.pow(step.gamma(), decays);
    }

    private static double restarts(CosineWithRestarts restarts, int place, int length) {
        int first = restarts.firstCycle();
        long cycle = first > 0 ? first : Math.max(1, length / FIRST_CYCLES_IN_ALL);
        if (restarts.cycleMultiplier() == 1) {
            return cosine(restarts.minimumFactor(), place % cycle, cycle);
        }
        long within = place;
        while (within >= cycle) {
            within -= cycle;
            cycle *= restarts.cycleMultiplier();
        }
        return cosine(restarts.minimumFactor(), within, cycle);
    }

    /** Half a cosine from 1 at place 0 to the minimum at the length. */
    private static double cosine(double minimum, long place, long length) {
        return minimum + (1 - minimum) * (1 + StrictMath.cos(Math.PI * place / length)) / 2;
    }
}
