package io.github.txt2lora.proof;

/** How far results are from those they are compared with. */
final class RelativeError {

    private RelativeError() {}

    /**
     * The Euclidean norm of the difference, divided by that of the reference. Infinite if there are more or fewer
     * numbers, not a number if one is not.
     */
    static double of(float[] measured, float[] reference) {
        if (measured.length != reference.length) {
            return Double.POSITIVE_INFINITY;
        }
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < reference.length; i++) {
            double error = (double) measured[i] - reference[i];
            difference += error * error;
            norm += (double) reference[i] * reference[i];
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    /** The same of single numbers. */
    static double of(double measured, double reference) {
        return measured == reference ? 0 : Math.abs((measured - reference) / reference);
    }
}
