package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A batch with the engine that really trains, on the smallest checkpoint. */
class RealBatchTest {

    @TempDir
    Path folder;

    private Workspace workspace;
    private final List<TrainingEvent> events = new CopyOnWriteArrayList<>();

    private final BatchListener log = new BatchListener() {
        @Override
        public void onTraining(String name, TrainingEvent event) {
            events.add(event);
        }
    };

    @BeforeEach
    void create() {
        workspace = Workspace.create(folder);
    }

    @Test
    void two_loras_are_trained_resized_and_drawn_on_one_loaded_model() throws IOException {
        project("krnkmd", "train_iterations: 2\n");
        project("tyankmk", "train_iterations: 2\n");

        BatchResult result = run(BatchOptions.everything());

        assertThat(result.outcomes())
                .allSatisfy(
                        outcome -> assertThat(outcome).as(outcome.summary()).isInstanceOf(LoraOutcome.Finished.class));
        assertThat(events.stream()
                        .filter(ModelLoaded.class::isInstance)
                        .map(event -> ((ModelLoaded) event).duration().isZero()))
                .containsExactly(false, true);
        for (String name : List.of("krnkmd", "tyankmk")) {
            Path lora = workspace.loraFolder(name);
            assertThat(Files.size(lora.resolve(name + ".safetensors")))
                    .isLessThan(Files.size(lora.resolve(name + "-large.safetensors")));
            assertThat(lora.resolve(name + ".png")).isNotEmptyFile();
        }
        assertThat(run(BatchOptions.everything()).outcomes())
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(LoraOutcome.Skipped.class));
    }

    @Test
    void interrupted_training_goes_on_from_its_state() throws IOException {
        project("krnkmd", "train_iterations: 8\npreview: false\nstate_per_steps: 1\n");
        Thread batchThread = Thread.currentThread();

        BatchResult interrupted = run(BatchOptions.onlyOne(), new BatchListener() {
            @Override
            public void onTraining(String name, TrainingEvent event) {
                if (event instanceof StateSaved) {
                    batchThread.interrupt();
                }
            }
        });
        assertThat(Thread.interrupted()).isTrue();
        assertThat(interrupted.outcomes()).containsExactly(new LoraOutcome.Interrupted("krnkmd", true));

        assertThat(run(BatchOptions.onlyOne()).isComplete()).isTrue();
        assertThat(events).hasAtLeastOneElementOfType(StateRestored.class);
    }

    @Test
    void more_iterations_go_on_from_the_finished_lora() throws IOException {
        String settings = "preview: false\ntimestamp: 2024-12-31T23:59:59Z\nlr_scheduler: constant\n";
        project("krnkmd", settings + "train_iterations: 5\n");
        run(BatchOptions.onlyOne());
        Path lora = workspace.loraFolder("krnkmd").resolve("krnkmd-large.safetensors");
        byte[] expected = Files.readAllBytes(lora);
        project("krnkmd", settings + "train_iterations: 2\n");
        run(BatchOptions.onlyOne().withForce(true));
        events.clear();

        project("krnkmd", settings + "train_iterations: 5\n");
        assertThat(run(BatchOptions.onlyOne()).isComplete()).isTrue();

        assertThat(events)
                .hasAtLeastOneElementOfType(StateRestored.class)
                .filteredOn(IterationFinished.class::isInstance)
                .hasSize(3);
        assertThat(lora).hasBinaryContent(expected);
    }

    @Test
    void a_lora_goes_on_from_another_and_anew_when_that_one_changes() throws IOException {
        String settings = "preview: false\ntrain_iterations: 2\n";
        project("parent", settings);
        run(BatchOptions.named("parent"));
        Path parent = workspace.loraFolder("parent").resolve("parent.safetensors");
        project("krnkmd", settings + "start_from: lora/parent/parent.safetensors\n");

        assertThat(run(BatchOptions.named("krnkmd")).isComplete()).isTrue();

        JsonNode record = new ObjectMapper()
                .readTree(workspace.loraFolder("krnkmd").resolve("krnkmd.json").toFile());
        assertThat(record.at("/training/ancestry")).hasSize(1);
        assertThat(record.at("/training/ancestry/0/file").textValue()).isEqualTo("parent.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(parent)) {
            assertThat(record.at("/training/ancestry/0/sshs_model_hash").textValue())
                    .isEqualTo(file.metadata().get("sshs_model_hash"));
        }
        assertThat(run(BatchOptions.named("krnkmd")).outcomes())
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(LoraOutcome.Skipped.class));
        Files.copy(
                workspace.loraFolder("parent").resolve("parent-large.safetensors"),
                parent,
                StandardCopyOption.REPLACE_EXISTING);
        assertThat(run(BatchOptions.named("krnkmd")).outcomes())
                .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(LoraOutcome.Finished.class));
        Files.delete(parent);
        project("other", settings);
        assertThat(run(BatchOptions.everything()).outcomes())
                .filteredOn(LoraOutcome.Failed.class::isInstance)
                .singleElement()
                .asString()
                .contains("krnkmd.yaml: start_from is 'lora/parent/parent.safetensors'; expected a LoRA");
    }

    private BatchResult run(BatchOptions options) {
        return run(options, log);
    }

    private BatchResult run(BatchOptions options, BatchListener listener) {
        try (TrainingEngine engine =
                        TrainingEngine.open(TestTorch.options().threads(0).build());
                LoraOperations operations = LoraOperations.open()) {
            return new Batch(workspace, engine, operations).run(options, listener);
        }
    }

    private void project(String name, String more) throws IOException {
        Path model = Golden.file("checkpoints/sd1-tiny.safetensors").toAbsolutePath();
        Files.writeString(workspace.configFile(name), """
                model_path: '%s'
                max_denoising_steps: 3
                latents: noise
                preservation_latents: shared
                loss_weighting: uniform
                train_lr: 1e-3
                measure_quality: false
                resize: fixed
                resize_value: 1
                preview_places: [kitchen]
                preview_steps: 1
                """.formatted(model) + more);
        Files.writeString(
                workspace.promptsFolder().resolve(name + ".yaml"),
                "- target: " + name + "\n  positive: maid\n  action: enhance\n  resolution: 64\n");
    }
}
