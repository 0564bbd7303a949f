package io.github.txt2lora.ops;

/** Receives the progress and the warnings of an operation. Exceptions from it are logged and ignored. */
@FunctionalInterface
public interface OperationListener {

    /** Called after each module. */
    void onProgress(OperationProgress progress);

    /** Called once for each file of which the operation omits content. */
    default void onWarning(String message) {}
}
