package io.github.txt2lora.engine;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.torch.TestTorch;
import java.nio.file.Path;

/** The program that {@link KillTest} kills: one training that writes a state after each iteration. */
final class KilledTraining {

    /** Begins the line that says where it went on, followed by the iteration. */
    static final String RESUMED = "resumed ";

    static final int ITERATIONS = 10;

    private KilledTraining() {}

    /**
     * Trains into a folder, or goes on there.
     *
     * @param args the folder
     */
    public static void main(String[] args) {
        var listener = new TrainingListener() {
            @Override
            public void onStateRestored(StateRestored event) {
                System.out.println(RESUMED + event.iteration());
            }
        };
        EngineOptions options = TestTorch.options().build();
        try (TrainingEngine engine = TrainingEngine.open(options)) {
            engine.train(
                    Tiny.training(
                                    Path.of(args[0]),
                                    Tiny.spec(ITERATIONS)
                                            .saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                            .build(),
                    listener);
        }
    }
}
