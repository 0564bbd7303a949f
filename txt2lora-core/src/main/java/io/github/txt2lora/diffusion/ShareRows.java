package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of each equal part of a batch, of which every LoRA has one.
 *
 * @param scope owns what is made of them
 * @param stack the number of parts
 * @param share rows in each
 * @param from the first row of each part
 * @param to the row after the last
 */
record ShareRows(NDManager scope, int stack, int share, int from, int to) {

    NDArray of(NDArray batch) {
        if (to - from == share) {
            return batch;
        }
        var parts = new NDList();
        for (int i = 0; i < stack; i++) {
            NDArray part = batch.get(new NDIndex("{}:{}", i * share + from, i * share + to));
            part.attach(scope);
            parts.add(part);
        }
        return NDArrays.concat(parts, 0);
    }

    @Nullable
    NDArray ofOptional(@Nullable NDArray batch) {
        return batch == null ? null : of(batch);
    }

    double[] of(double[] numbers) {
        DoubleStream rows = DoubleStream.empty();
        for (int i = 0; i < stack; i++) {
            rows = DoubleStream.concat(rows, Arrays.stream(numbers, i * share + from, i * share + to));
        }
        return rows.toArray();
    }
}
