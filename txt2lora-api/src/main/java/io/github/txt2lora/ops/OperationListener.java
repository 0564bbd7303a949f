package io.github.txt2lora.ops;

/** Is told how far an operation is, and what it leaves out. An exception from it is logged and ignored. */
@FunctionalInterface
public interface OperationListener {

    /** Called after each module. */
    void onProgress(OperationProgress progress);

    /** Called once for each file with something that the operation leaves out. */
    default void onWarning(String message) {}
}
