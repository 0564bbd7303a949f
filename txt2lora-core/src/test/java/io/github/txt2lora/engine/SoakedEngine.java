package io.github.txt2lora.engine;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainingEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The program that {@link SoakTest} watches: many small trainings, the same engine for ten of them at a time. */
final class SoakedEngine {

    private static final int TRAININGS_PER_ENGINE = 10;

    private SoakedEngine() {}

    /**
     * Trains, and prints what the process uses after the first trainings and at the end.
     *
     * @param args the folder for the LoRAs, the number of first trainings, and the number of all
     */
    public static void main(String[] args) throws IOException {
        Path output = Path.of(args[0]);
        int first = Integer.parseInt(args[1]);
        int all = Integer.parseInt(args[2]);
        EngineOptions options =
                EngineOptions.builder().device(Device.cpu()).threads(1).build();
        for (int done = 0; done < all; done += TRAININGS_PER_ENGINE) {
            if (done == first) {
                report();
            }
            try (TrainingEngine engine = TrainingEngine.open(options)) {
                for (int i = 0; i < TRAININGS_PER_ENGINE; i++) {
                    engine.train(Tiny.training(output, Tiny.spec(2).states(StateSpec.every(1)))
                            .build());
                }
            }
        }
        report();
    }

    private static void report() throws IOException {
        System.gc();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            System.out.println("use " + ResidentBytes.now() + " " + files.count() + " " + Thread.activeCount());
        }
    }
}
