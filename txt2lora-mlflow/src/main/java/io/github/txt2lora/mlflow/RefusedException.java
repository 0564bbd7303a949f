package io.github.txt2lora.mlflow;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Excerpt;

/** The server's answer to a request that it did not carry out. */
final class RefusedException extends Txt2LoraException {

    private static final long serialVersionUID = 1L;

    private final int status;

    RefusedException(int status, String body) {
        super("status " + status + (body.isBlank() ? "" : ", " + Excerpt.of(body)));
        this.status = status;
    }

    /** Whether the same request may be carried out later. */
    boolean isTemporary() {
        return status == 408 || status == 429 || status >= 500;
    }

    /** Whether it is the server that asks to wait, rather than one that fails. */
    boolean isBusy() {
        return status == 408 || status == 429 || status == 502 || status == 503 || status == 504;
    }
}
