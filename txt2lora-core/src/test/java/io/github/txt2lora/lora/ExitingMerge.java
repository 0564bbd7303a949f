package io.github.txt2lora.lora;

import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.OperationProgress;
import java.nio.file.Path;
import java.util.List;

/** The program of {@link OperationExitTest}: it ends while it writes a checkpoint. */
final class ExitingMerge {

    static final int EXIT_CODE = 3;

    private ExitingMerge() {}

    /** Who ends the program. */
    enum Ending {
        ANOTHER_THREAD,
        LISTENER
    }

    /**
     * Merges and ends.
     *
     * @param args the ending, the checkpoint, the LoRA and the output
     */
    public static void main(String[] args) {
        try (LoraOperations operations = LoraOperations.open()) {
            var merge = new CheckpointMerge(
                    Path.of(args[1]), List.of(new LoraWeight(Path.of(args[2]), 1)), Path.of(args[3]));
            operations.mergeIntoCheckpoint(merge, progress -> end(Ending.valueOf(args[0]), progress));
        }
    }

    private static void end(Ending ending, OperationProgress progress) {
        if (progress.done() > 1) {
            return;
        }
        switch (ending) {
            case ANOTHER_THREAD -> {
                new Thread(() -> System.exit(EXIT_CODE)).start();
                awaitEnding();
            }
            case LISTENER -> System.exit(EXIT_CODE);
        }
    }

    /** Hooks are taken until the process ends. */
    private static void awaitEnding() {
        try {
            while (true) {
                var hook = new Thread(() -> {});
                Runtime.getRuntime().addShutdownHook(hook);
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        } catch (IllegalStateException e) {
            return;
        }
    }
}
