package io.github.txt2lora.checkpoint;

import java.nio.ByteBuffer;

/** The source of a tensor's bytes. */
@FunctionalInterface
public interface TensorSource {

    /** All bytes, from position to limit, the same at each call. */
    ByteBuffer bytes();

    /** Fills the rest of a buffer with the bytes from an offset on. */
    default void read(long offset, ByteBuffer target) {
        ByteBuffer bytes = bytes();
        target.put(bytes.slice(bytes.position() + Math.toIntExact(offset), target.remaining()));
    }
}
