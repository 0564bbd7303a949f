package io.github.txt2lora;

/** Number formats for computation and for files. */
public enum Precision {
    /** 32-bit floating point. */
    FP32,
    /** 16-bit floating point with a 10-bit fraction; its largest number is 65504. */
    FP16,
    /** 16-bit floating point with the range of {@link #FP32} and a 7-bit fraction. */
    BF16
}
