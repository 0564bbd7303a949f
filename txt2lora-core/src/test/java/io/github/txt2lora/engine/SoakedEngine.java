package io.github.txt2lora.engine;

import com.sun.jna.Function;
import com.sun.jna.NativeLong;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.torch.TestTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The program that {@link SoakTest} watches: many small trainings, the same engine for ten of them at a time. */
final class SoakedEngine {

    static final int TRAININGS_PER_ENGINE = 10;

    private SoakedEngine() {}

    /**
     * Trains, and prints what the process uses each time an engine has been closed.
     *
     * @param args the folder for the LoRAs, and the number of trainings
     */
    public static void main(String[] args) throws IOException {
        Path output = Path.of(args[0]);
        int all = Integer.parseInt(args[1]);
        EngineOptions options = TestTorch.options().build();
        for (int done = 0; done < all; done += TRAININGS_PER_ENGINE) {
            try (TrainingEngine engine = TrainingEngine.open(options)) {
                for (int i = 0; i < TRAININGS_PER_ENGINE; i++) {
                    // not going on from the finished one before
                    StateSpec states = StateSpec.everyIterations(1).withResume(Resume.NEVER);
                    engine.train(Tiny.training(output, Tiny.spec(2).saving(saving -> saving.withStates(states)))
                            .build());
                }
            }
            report();
        }
    }

    private static void report() throws IOException {
        System.gc();
        // what glibc keeps of freed blocks differs from run to run by more than a leak
        Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {new NativeLong(0)});
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            System.out.println("use " + ResidentBytes.now() + " " + files.count() + " " + Thread.activeCount());
        }
    }
}
