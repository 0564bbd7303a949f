package io.github.txt2lora.torch;

import ai.djl.engine.EngineException;
import io.github.txt2lora.Txt2LoraException;
import org.jspecify.annotations.Nullable;

/** libtorch refused a call; the message names the script line where it happened, if it was in a script. */
public final class TorchException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    private final boolean outOfMemory;

    /**
     * Creates the exception.
     *
     * @param outOfMemory whether there was too little memory for the call
     */
    public TorchException(String message, boolean outOfMemory, @Nullable Throwable cause) {
        super(message, cause);
        this.outOfMemory = outOfMemory;
    }

    /**
     * What a failure of DJL or libtorch was.
     *
     * @param during what was done
     */
    public static TorchException of(String during, EngineException failure) {
        return TorchErrors.translate(during, failure);
    }

    /** Whether the device or the process had too little memory for the call. */
    public boolean isOutOfMemory() {
        return outOfMemory;
    }
}
