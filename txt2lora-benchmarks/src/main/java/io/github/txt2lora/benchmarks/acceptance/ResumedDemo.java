package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingListener;
import java.nio.file.Path;
import java.util.Arrays;

/** The program that is killed: a training that goes on where it stood, and tells of its states. */
final class ResumedDemo {

    static final String SAVED = "saved ";
    static final String RESUMED = "resumed ";

    private ResumedDemo() {}

    /**
     * Trains into a folder, or goes on there.
     *
     * @param args the folder, and those of {@link AcceptanceOptions}
     */
    public static void main(String[] args) {
        AcceptanceOptions options = AcceptanceOptions.parse(Arrays.copyOfRange(args, 1, args.length));
        Path folder = Path.of(args[0]);
        var listener = new TrainingListener() {
            @Override
            public void onStateSaved(StateSaved event) {
                System.out.println(SAVED + event.iteration());
            }

            @Override
            public void onStateRestored(StateRestored event) {
                System.out.println(RESUMED + event.iteration());
            }
        };
        try (TrainingEngine engine = TrainingEngine.open(options.engine().build())) {
            engine.train(
                    DemoTraining.of(DemoCheckpoint.copyTo(folder), folder, "krnkmd", options, Precision.FP32),
                    listener);
        }
    }
}
