package modular;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;

/** An application with a module descriptor: trains the one LoRA of a workspace for an iteration. */
public final class ModularApplication {

    private ModularApplication() {}

    public static void main(String[] args) throws Exception {
        Workspace workspace = Workspace.create(Path.of(args[0]));
        DemoCheckpoint.copyTo(workspace.modelFolder());
        Files.writeString(
                workspace.configFile("krnkmd"),
                "model_name: " + DemoCheckpoint.NAME + "\n" + """
                        train_iterations: 1
                        train_lr: 1e-3
                        latents: noise
                        loss_weighting: uniform
                        preservation_latents: shared
                        measure_quality: false
                        preview: false
                        """);
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"),
                "- target: krnkmd\n  positive: cat ears\n  neutral: 1girl\n  action: enhance\n  resolution: 64\n");
        try (TrainingEngine engine = TrainingEngine.open();
                LoraOperations operations = LoraOperations.open()) {
            System.out.println(engine.getClass().getModule());
            BatchResult result = new Batch(workspace, engine, operations)
                    .run(BatchOptions.onlyOne(), new BatchListener() {});
            result.outcomes().stream().map(LoraOutcome::summary).forEach(System.out::println);
        }
    }
}
