package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.torch.TestTorch;
import java.nio.file.Path;

/** The program of {@link ExitTest} that starts trainings and neither waits for them nor closes its engine. */
final class StartingMain {

    static final String MAIN_ENDS = "main ends";
    static final String LISTENER_TOLD = "listener told";
    static final String DEPENDENT_RAN = "dependent ran";

    private StartingMain() {}

    /**
     * Starts trainings and returns.
     *
     * @param args the folder
     */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        TrainingEngine engine = Tiny.engine();
        engine.start(Tiny.training(folder.resolve("first"), 2));
        LoraTraining own = Tiny.training(folder.resolve("own"), 1);
        Txt2Lora.builder()
                .name(own.name())
                .model(own.model())
                .prompts(own.prompts())
                .training(own.spec())
                .output(own.output())
                .device(TestTorch.device())
                .build()
                .start();
        engine.start(Tiny.training(folder.resolve("second"), 1), new TrainingListener() {
                    @Override
                    public void onFinished(TrainingFinished event) {
                        System.out.println(LISTENER_TOLD);
                    }
                })
                .completion()
                .thenRun(() -> System.out.println(DEPENDENT_RAN));
        System.out.println(MAIN_ENDS);
    }
}
