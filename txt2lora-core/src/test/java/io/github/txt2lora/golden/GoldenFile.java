package io.github.txt2lora.golden;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.file.Path;
import java.util.List;

/** A file of recorded tensors. */
public final class GoldenFile implements AutoCloseable {

    private final SafetensorsFile file;

    private GoldenFile(SafetensorsFile file) {
        this.file = file;
    }

    public static GoldenFile open(Path path) {
        return new GoldenFile(SafetensorsFile.open(path));
    }

    public boolean has(String name) {
        return file.find(name).isPresent();
    }

    public List<String> names() {
        return file.tensors().stream().map(TensorView::name).toList();
    }

    public TensorView view(String name) {
        return file.tensor(name);
    }

    /** The tensor as an array of the scope: int64 as it is, everything else as float32. */
    public NDArray array(NDManager scope, String name) {
        TensorView view = view(name);
        Shape shape = shape(view);
        if (view.type() == ElementType.I64) {
            long[] values = new long[Math.toIntExact(view.elements())];
            view.bytes().asLongBuffer().get(values);
            return scope.create(values, shape);
        }
        return scope.create(view.toFloats(), shape).toType(DataType.FLOAT32, false);
    }

    /** The first {@code rows} rows of a tensor. */
    public NDArray rows(NDManager scope, String name, long rows) {
        return array(scope, name).get("0:" + rows);
    }

    private static Shape shape(TensorView view) {
        return new Shape(view.shape().stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public void close() {
        file.close();
    }
}
