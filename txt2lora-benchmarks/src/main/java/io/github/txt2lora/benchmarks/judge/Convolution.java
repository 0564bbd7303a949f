package io.github.txt2lora.benchmarks.judge;

/** {@code relu(conv2d(x, weight, bias, stride 2, padding 1))} with kernels of 3 by 3. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Convolution(float[] weight, float[] bias) {

    private static final int KERNEL = 3;

    /**
     * Applies it.
     *
     * @param input [channels, side, side], row by row
     * @param side even
     * @return [channels out, side / 2, side / 2]
     */
    float[] apply(float[] input, int side) {
        int outputSide = side / 2;
        int inputs = input.length / (side * side);
        float[] output = new float[bias.length * outputSide * outputSide];
        for (int channel = 0; channel < bias.length; channel++) {
            for (int y = 0; y < outputSide; y++) {
                for (int x = 0; x < outputSide; x++) {
                    float sum = bias[channel] + sum(input, side, inputs, channel, 2 * y - 1, 2 * x - 1);
                    output[(channel * outputSide + y) * outputSide + x] = Math.max(0, sum);
                }
            }
        }
        return output;
    }

    private float sum(float[] input, int side, int inputs, int channel, int top, int left) {
        float sum = 0;
        for (int in = 0; in < inputs; in++) {
            int kernel = (channel * inputs + in) * KERNEL * KERNEL;
            for (int dy = Math.max(0, -top); dy < KERNEL && top + dy < side; dy++) {
                int row = (in * side + top + dy) * side + left;
                for (int dx = Math.max(0, -left); dx < KERNEL && left + dx < side; dx++) {
                    sum += input[row + dx] * weight[kernel + dy * KERNEL + dx];
                }
            }
        }
        return sum;
    }
}
