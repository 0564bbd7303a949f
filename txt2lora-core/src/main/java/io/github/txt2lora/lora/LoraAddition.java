package io.github.txt2lora.lora;

/**
 * A module that is added to rows of a weight tensor.
 *
 * @param pair the module
 * @param weight factor on it
 * @param firstRow first row of its layer in the tensor
 * @param transposed whether the tensor has the layer's inputs as its rows; then the layer is all of it
 */
record LoraAddition(LoraPair pair, double weight, int firstRow, boolean transposed) {

    /** Adds it to the tensor's numbers. */
    void addTo(float[] values, LowRankAlgebra algebra) {
        int fanIn = pair.layer().fanIn();
        int outputs = pair.layer().outputs();
        if (transposed) {
            float[] rows = transposed(values, fanIn, outputs);
            System.arraycopy(transposed(algebra.add(rows, pair, weight), outputs, fanIn), 0, values, 0, values.length);
            return;
        }
        float[] rows = new float[outputs * fanIn];
        System.arraycopy(values, firstRow * fanIn, rows, 0, rows.length);
        System.arraycopy(algebra.add(rows, pair, weight), 0, values, firstRow * fanIn, rows.length);
    }

    private static float[] transposed(float[] matrix, int rows, int columns) {
        float[] transposed = new float[matrix.length];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                transposed[column * rows + row] = matrix[row * columns + column];
            }
        }
        return transposed;
    }
}
