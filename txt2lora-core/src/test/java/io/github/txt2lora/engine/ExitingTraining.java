package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The program of {@link ExitTest}: it ends, or waits to be ended, while the engine computes. */
final class ExitingTraining {

    /** The line that says that the engine computes. */
    static final String COMPUTING = "computing";

    static final int EXIT_CODE = 3;

    private ExitingTraining() {}

    /** The end of the program. */
    enum Ending {
        SYSTEM_EXIT,
        EXIT_WHILE_CLOSING,
        SIGNAL
    }

    /**
     * Starts a training and ends.
     *
     * @param args the ending and the folder of the LoRA
     */
    public static void main(String[] args) throws InterruptedException {
        TrainingEngine engine = Tiny.engine();
        var log = new EventLog();
        engine.start(training(Path.of(args[1])), log);
        log.await(IterationFinished.class);
        System.out.println(COMPUTING);
        switch (Ending.valueOf(args[0])) {
            case SYSTEM_EXIT -> System.exit(EXIT_CODE);
            case EXIT_WHILE_CLOSING -> {
                new Thread(engine::close).start();
                System.exit(EXIT_CODE);
            }
            case SIGNAL -> new CountDownLatch(1).await();
        }
    }

    /** Larger pictures than elsewhere, so that the end comes in the middle of an operation. */
    private static LoraTraining training(Path output) {
        PromptPair large = PromptPair.enhance("krnkmd")
                .positive("cat ears, maid")
                .resolution(192)
                .build();
        return Tiny.training(output, Integer.MAX_VALUE).toBuilder()
                .prompts(List.of(large))
                .build();
    }
}
