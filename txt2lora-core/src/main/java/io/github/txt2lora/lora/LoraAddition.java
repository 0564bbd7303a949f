package io.github.txt2lora.lora;

/**
 * A module that is added to rows of a weight tensor.
 *
 * @param pair the module
 * @param weight what it is multiplied by
 * @param firstRow where its layer begins in the tensor
 */
record LoraAddition(LoraPair pair, double weight, int firstRow) {

    /** Adds it to the tensor's numbers, which have the layer's number of inputs in a row. */
    void addTo(float[] values, LowRankAlgebra algebra) {
        int fanIn = pair.layer().fanIn();
        float[] rows = new float[pair.layer().outputs() * fanIn];
        System.arraycopy(values, firstRow * fanIn, rows, 0, rows.length);
        System.arraycopy(algebra.add(rows, pair, weight), 0, values, firstRow * fanIn, rows.length);
    }
}
