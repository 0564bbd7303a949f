package io.github.txt2lora.diffusion;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** The timesteps of a run, descending, rounded as numpy rounds them (halves to the even neighbour). */
final class TimestepGrid {

    private static final int TRAINING = NoiseSchedule.TRAINING_TIMESTEPS;

    private TimestepGrid() {}

    /** Whole timesteps, for DDIM and DDPM. */
    static double[] whole(TimestepSpacing spacing, int steps, int offset) {
        return switch (spacing) {
            case LINSPACE -> descending(steps, i -> Math.rint(linspace(i, steps)));
            case LEADING -> leading(steps, offset);
            case TRAILING -> trailing(steps);
        };
    }

    /** For LMS and Euler: linspace timesteps fall between those of the training and are float32 numbers. */
    static double[] fractional(TimestepSpacing spacing, int steps, int offset) {
        return switch (spacing) {
            case LINSPACE -> descending(steps, i -> (float) linspace(i, steps));
            case LEADING -> leading(steps, offset);
            case TRAILING -> trailing(steps);
        };
    }

    /**
     * Whole timesteps for DPM-Solver++ and UniPC, which end above timestep 0: for linspace and leading spacing they
     * divide the training in one step more and leave the last out.
     */
    static double[] withoutLast(TimestepSpacing spacing, int steps, int offset) {
        int points = steps + 1;
        int stride = TRAINING / points;
        return switch (spacing) {
            case LINSPACE -> descending(steps, i -> Math.rint(linspace(i + 1, points)));
            case LEADING -> descending(steps, i -> (i + 1.0) * stride + offset);
            case TRAILING -> trailing(steps);
        };
    }

    /** Whole timesteps from the last of the training down to another one, so many steps apart. */
    static double[] downTo(int timestep, int steps) {
        double stride = (TRAINING - 1.0 - timestep) / steps;
        return descending(steps + 1, i -> Math.rint(timestep + i * stride));
    }

    private static double linspace(int i, int points) {
        return i == 0 ? 0 : i * ((TRAINING - 1.0) / (points - 1));
    }

    private static double[] leading(int steps, int offset) {
        int stride = TRAINING / steps;
        return descending(steps, i -> (double) i * stride + offset);
    }

    private static double[] trailing(int steps) {
        double ratio = (double) TRAINING / steps;
        // numpy.arange steps by the difference of its first two values, which decides ties.
        double difference = TRAINING - ratio - TRAINING;
        return IntStream.range(0, steps)
                .mapToDouble(i -> Math.rint(TRAINING + i * difference) - 1)
                .toArray();
    }

    private static double[] descending(int steps, IntToDoubleFunction ascending) {
        return IntStream.range(0, steps)
                .mapToDouble(i -> ascending.applyAsDouble(steps - 1 - i))
                .toArray();
    }
}
