package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.TensorShapes;

/** A text encoder of a single-file checkpoint. */
sealed interface TextEncoderShapes permits ClipShapes, OpenClipShapes {

    /** Entries of the token embedding. */
    long TOKENS = 49408;

    /** Tokens of the longest prompt. */
    long POSITIONS = 77;

    void addTo(TensorShapes shapes);
}
