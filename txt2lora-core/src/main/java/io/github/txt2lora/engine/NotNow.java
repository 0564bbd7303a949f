package io.github.txt2lora.engine;

/** Thrown to put off a request for images that a training cannot let through, until its own turn. */
final class NotNow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotNow() {
        super("not now", null, false, false);
    }
}
