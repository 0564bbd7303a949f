package io.github.txt2lora.checkpoint;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;

/**
 * A tensor to be written.
 *
 * @param name its key in the file
 * @param shape the sizes of its axes; empty for a scalar
 * @param bytes gives the elements, row-major, little-endian, from position to limit; may be asked more than once (for
 *     the hashes and for the file) and must give the same bytes each time
 */
public record SafetensorsEntry(String name, ElementType type, List<Long> shape, Supplier<ByteBuffer> bytes) {

    /** Copies the shape. */
    public SafetensorsEntry {
        shape = List.copyOf(shape);
        if (name.equals(SafetensorsHeader.METADATA_KEY) || shape.stream().anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException("no tensor can be '%s' %s".formatted(name, shape));
        }
    }

    /** The entry that copies a tensor of a file under a name. */
    public static SafetensorsEntry of(String name, TensorView view) {
        return new SafetensorsEntry(name, view.type(), view.shape(), view::bytes);
    }

    /** The size of its elements in bytes. */
    public long byteSize() {
        return shape.stream().mapToLong(Long::longValue).reduce(type.bytes(), Math::multiplyExact);
    }

    /** The elements; an {@link IllegalStateException} says that the supplier gave another number of bytes. */
    ByteBuffer checkedBytes() {
        ByteBuffer data = bytes.get();
        if (data.remaining() != byteSize()) {
            throw new IllegalStateException("tensor '%s' %s%s was given with %d bytes; expected %d"
                    .formatted(name, type, shape, data.remaining(), byteSize()));
        }
        return data.duplicate();
    }
}
