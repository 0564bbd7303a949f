package io.github.txt2lora.ops;

/** Is told how far an operation is. An exception from it is logged and ignored. */
@FunctionalInterface
public interface OperationListener {

    /** Called after each module. */
    void onProgress(OperationProgress progress);
}
