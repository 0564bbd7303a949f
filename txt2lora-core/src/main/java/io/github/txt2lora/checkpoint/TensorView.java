package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A tensor of a file, described but not yet read: its elements stay in the file until {@link #bytes()} or
 * {@link #toFloats()} asks for them, each time anew. The views that {@link #transposed()}, {@link #rows} and
 * {@link #reshaped} give are as lazy. Elements are in row-major order, bytes in little-endian order.
 */
public final class TensorView {
    /** Virtual machines have no arrays of the last few sizes. */
    private static final int LARGEST_BUFFER = Integer.MAX_VALUE - 8;

    private final String name;
    private final ElementType type;
    private final List<Long> shape;
    private final TensorSource data;

    /**
     * Describes a tensor.
     *
     * @param name its key in the file; error messages and {@link #toString()} show it
     * @param shape the sizes of its axes, none negative; empty for a scalar
     * @param data gives the elements; called at each access
     */
    public TensorView(String name, ElementType type, List<Long> shape, TensorSource data) {
        this.name = name;
        this.type = type;
        this.shape = List.copyOf(shape);
        this.data = data;
    }

    /** A vector of F32 numbers. */
    public static TensorView of(String name, float[] values) {
        ByteBuffer bytes = littleEndian(values.length, Float.BYTES);
        bytes.asFloatBuffer().put(values);
        return new TensorView(name, ElementType.F32, List.of((long) values.length), bytes::duplicate);
    }

    /** A vector of F64 numbers. */
    public static TensorView of(String name, double... values) {
        ByteBuffer bytes = littleEndian(values.length, Double.BYTES);
        bytes.asDoubleBuffer().put(values);
        return new TensorView(name, ElementType.F64, List.of((long) values.length), bytes::duplicate);
    }

    /** A vector of I64 numbers. */
    public static TensorView of(String name, long[] values) {
        ByteBuffer bytes = littleEndian(values.length, Long.BYTES);
        bytes.asLongBuffer().put(values);
        return new TensorView(name, ElementType.I64, List.of((long) values.length), bytes::duplicate);
    }

    private static ByteBuffer littleEndian(int length, int bytesEach) {
        return ByteBuffer.allocate(Math.multiplyExact(length, bytesEach)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The key of the tensor in its file. */
    public String name() {
        return name;
    }

    /** The format of its elements. */
    public ElementType type() {
        return type;
    }

    /** The sizes of its axes; empty for a scalar. */
    public List<Long> shape() {
        return shape;
    }

    /** The product of the sizes of its axes; 1 for a scalar. */
    public long elements() {
        return shape.stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
    }

    /** The size of its elements in bytes. */
    public long byteSize() {
        return Math.multiplyExact(elements(), type.bytes());
    }

    /**
     * The elements, read-only, little-endian, from position 0 to the limit. For a tensor of a file this is a copy, for
     * which the file must still be open.
     *
     * @throws CheckpointException when the tensor has 2 GiB or more, which no buffer can hold
     * @throws io.github.txt2lora.StorageException when the file cannot be read, for example because it became shorter
     */
    public ByteBuffer bytes() {
        if (byteSize() > LARGEST_BUFFER) {
            throw new CheckpointException(
                    "tensor '%s' has %d bytes; expected less than 2 GiB in one tensor".formatted(name, byteSize()));
        }
        return data.bytes().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The elements as floats; from F64 rounded, else exactly.
     *
     * @throws CheckpointException when the type is no floating-point type of 16 bits or more
     */
    public float[] toFloats() {
        if (!type.isFloat()) {
            throw new CheckpointException(
                    "tensor '%s' has element type %s; expected F64, F32, F16 or BF16".formatted(name, type));
        }
        ByteBuffer bytes = bytes();
        float[] floats = new float[bytes.remaining() / type.bytes()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = switch (type) {
                case F64 -> (float) bytes.getDouble();
                case F32 -> bytes.getFloat();
                case F16 -> HalfFloats.halfToFloat(bytes.getShort());
                default -> HalfFloats.bfloat16ToFloat(bytes.getShort());
            };
        }
        return floats;
    }

    /**
     * The only element as a number, whatever its width; an integer above 2^53 is rounded.
     *
     * @throws CheckpointException when there is not exactly one element, or its type is none of
     *     {@link ElementType#isNumber()}
     */
    public double toNumber() {
        if (elements() != 1 || !type.isNumber()) {
            throw new CheckpointException("tensor '%s' is %s%s; expected one number".formatted(name, type, shape));
        }
        ByteBuffer bytes = bytes();
        return switch (type) {
            case F64 -> bytes.getDouble();
            case I64 -> bytes.getLong();
            case U64 -> new BigInteger(Long.toUnsignedString(bytes.getLong())).doubleValue();
            case I32 -> bytes.getInt();
            case U32 -> Integer.toUnsignedLong(bytes.getInt());
            case I16 -> bytes.getShort();
            case U16 -> Short.toUnsignedInt(bytes.getShort());
            case I8 -> bytes.get();
            case U8 -> Byte.toUnsignedInt(bytes.get());
            default -> toFloats()[0];
        };
    }

    /**
     * The same elements under another shape.
     *
     * @throws CheckpointException when the number of elements differs
     */
    public TensorView reshaped(List<Long> newShape) {
        TensorView view = new TensorView(name, type, newShape, data);
        if (view.elements() != elements()) {
            throw new CheckpointException("tensor '%s' has shape %s, which cannot be read as %s (%d elements, not %d)"
                    .formatted(name, shape, newShape, elements(), view.elements()));
        }
        return view;
    }

    /**
     * The part from row {@code from} (included) to row {@code to} (excluded) of the first axis.
     *
     * @throws CheckpointException when the tensor is a scalar or has no such rows
     */
    public TensorView rows(long from, long to) {
        if (shape.isEmpty() || from < 0 || to < from || to > shape.get(0)) {
            throw new CheckpointException(
                    "tensor '%s' has shape %s; expected rows %d to %d".formatted(name, shape, from, to));
        }
        List<Long> newShape = new ArrayList<>(shape);
        newShape.set(0, to - from);
        long rowBytes = shape.get(0) == 0 ? 0 : byteSize() / shape.get(0);
        return new TensorView(name, type, newShape, new Rows(this, rowBytes * from, rowBytes * (to - from)));
    }

    /**
     * The matrix with rows and columns exchanged; each access makes a copy.
     *
     * @throws CheckpointException when the tensor has not two axes
     */
    public TensorView transposed() {
        if (shape.size() != 2) {
            throw new CheckpointException("tensor '%s' has shape %s; expected a matrix".formatted(name, shape));
        }
        List<Long> newShape = new ArrayList<>(shape);
        Collections.reverse(newShape);
        return new TensorView(name, type, newShape, this::transposedCopy);
    }

    /**
     * Fills the rest of a buffer with the elements, little-endian. A tensor of a file is read straight into the buffer;
     * the file must still be open.
     *
     * @throws io.github.txt2lora.StorageException when the file cannot be read
     */
    public void readInto(ByteBuffer target) {
        data.read(0, target);
    }

    /** Fills the rest of a buffer with the bytes from an offset on; see {@link #readInto}. */
    void readInto(long offset, ByteBuffer target) {
        data.read(offset, target);
    }

    private record Rows(TensorView all, long begin, long length) implements TensorSource {

        @Override
        public ByteBuffer bytes() {
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(length));
            all.readInto(begin, bytes);
            return bytes.flip();
        }

        @Override
        public void read(long offset, ByteBuffer target) {
            all.readInto(begin + offset, target);
        }
    }

    private ByteBuffer transposedCopy() {
        int rows = Math.toIntExact(shape.get(0));
        int columns = Math.toIntExact(shape.get(1));
        int size = type.bytes();
        ByteBuffer from = bytes();
        ByteBuffer to = ByteBuffer.allocateDirect(from.remaining());
        for (int column = 0; column < columns; column++) {
            for (int row = 0; row < rows; row++) {
                int element = (row * columns + column) * size;
                for (int i = 0; i < size; i++) {
                    to.put(from.get(element + i));
                }
            }
        }
        return to.flip();
    }

    @Override
    public String toString() {
        return Excerpt.of(name) + " " + type + shape;
    }
}
