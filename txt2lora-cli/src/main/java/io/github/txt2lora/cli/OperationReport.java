package io.github.txt2lora.cli;

import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.OperationProgress;
import java.util.Optional;

/** Shows on the terminal how an operation on LoRAs proceeds. */
record OperationReport(Output output, Progress progress) implements OperationListener {

    @Override
    public void onProgress(OperationProgress step) {
        progress.at(step.done(), step.total(), step.module(), Optional.empty());
    }

    @Override
    public void onWarning(String message) {
        output.warn(message);
    }
}
