package io.github.txt2lora.leco;

import io.github.txt2lora.Txt2LoraException;

/** An iteration gave numbers that are infinite or not a number. */
public final class NonFiniteException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    private final int iteration;
    private final boolean parametersSpoilt;

    NonFiniteException(int iteration, String found, boolean parametersSpoilt) {
        super(found);
        this.iteration = iteration;
        this.parametersSpoilt = parametersSpoilt;
    }

    /** The iteration, counted from 1. */
    public int iteration() {
        return iteration;
    }

    /** Whether the LoRA holds such numbers; otherwise it is as it was before the iteration. */
    boolean parametersSpoilt() {
        return parametersSpoilt;
    }
}
