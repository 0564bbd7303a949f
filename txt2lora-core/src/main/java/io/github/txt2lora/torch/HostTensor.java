package io.github.txt2lora.torch;

import ai.djl.ndarray.types.DataType;
import java.nio.ByteBuffer;

/**
 * A tensor in memory of the host, to be copied to the device.
 *
 * @param bytes a direct buffer of little-endian elements in row-major order
 * @param shape the lengths of its dimensions; none for a scalar
 * @param dataType the elements' type; INT16 where {@code isBfloat16}, since DJL has no bfloat16
 * @param isBfloat16 whether the elements are bfloat16
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record HostTensor(ByteBuffer bytes, long[] shape, DataType dataType, boolean isBfloat16) {}
