package io.github.txt2lora.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Small tensors for tests. */
final class Tensors {
    private Tensors() {}

    static ByteBuffer floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return bytes.flip();
    }

    static SafetensorsEntry entry(String name, List<Long> shape, float... values) {
        return new SafetensorsEntry(name, ElementType.F32, shape, () -> floats(values));
    }

    static TensorView view(String name, List<Long> shape, float... values) {
        return new TensorView(name, ElementType.F32, shape, () -> floats(values));
    }

    static byte[] content(TensorView tensor) {
        ByteBuffer bytes = tensor.bytes();
        byte[] content = new byte[bytes.remaining()];
        bytes.get(content);
        return content;
    }
}
