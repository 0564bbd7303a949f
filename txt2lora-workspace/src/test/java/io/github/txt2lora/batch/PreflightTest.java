package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreflightTest {

    private static final long GIB = 1L << 30;

    @TempDir
    Path folder;

    private Workspace workspace;

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(folder.resolve("model/tiny.safetensors"), "a model");
    }

    @Test
    void what_the_engine_estimates_is_told_with_the_time_it_takes_here() throws IOException {
        project("krnkmd");

        Preflight preflight = check(estimate(860_000_000, Optional.empty()));

        Estimate estimate = preflight.estimates().get(0);
        double evaluation = 0.005
                + 0.22
                        * 860e6
                        * 64
                        * 64
                        / (Estimate.OPERATIONS_PER_CORE * Runtime.getRuntime().availableProcessors());
        assertThat(preflight.isPassed()).isTrue();
        assertThat(estimate.family()).isEqualTo("Stable Diffusion 2.x");
        assertThat(preflight.memoryBytes()).isEqualTo(5 * GIB);
        assertThat(estimate.trainingTime()).isEqualTo(Duration.ofSeconds((long) (1000 * evaluation)));
        assertThat(estimate.previewTime()).isZero();
        assertThat(estimate.diskBytes()).isBetween(3L << 20, 24L << 20);
    }

    @Test
    void shortage_that_the_engine_tells_is_a_problem_of_the_settings() throws IOException {
        project("krnkmd");

        Preflight preflight = check(estimate(1000, Optional.of("the training takes too much")));

        assertThat(preflight.problems())
                .containsExactly(workspace.configFile("krnkmd") + ": the training takes too much");
        assertThat(preflight.estimates()).hasSize(1);
    }

    @Test
    void model_that_the_engine_refuses_is_a_problem_of_every_lora_that_uses_it() throws IOException {
        project("krnkmd");
        project("tyankmk");

        try (var engine = FakeTrainingEngine.builder()
                .estimates(training -> {
                    throw new CheckpointException(training.model().displayName() + " is no model");
                })
                .build()) {
            assertThat(Preflight.check(workspace, BatchOptions.everything(), engine)
                            .problems())
                    .containsExactly(
                            workspace.configFile("krnkmd") + ": tiny.safetensors is no model",
                            workspace.configFile("tyankmk") + ": tiny.safetensors is no model");
            assertThat(engine.trainings()).isEmpty();
        }
    }

    @Test
    void an_engine_is_opened_where_none_is_given() throws IOException {
        project("krnkmd");

        assertThat(Preflight.check(workspace, BatchOptions.onlyOne()).estimates())
                .extracting(Estimate::name)
                .isEqualTo(List.of("krnkmd"));
    }

    private Preflight check(TrainingEstimate estimate) {
        try (var engine =
                FakeTrainingEngine.builder().estimates(training -> estimate).build()) {
            return Preflight.check(workspace, BatchOptions.onlyOne(), engine);
        }
    }

    private static TrainingEstimate estimate(long unetParameters, Optional<String> shortage) {
        return new TrainingEstimate(
                "Stable Diffusion 2.x",
                unetParameters,
                5 * GIB,
                new MemoryPlan(2, 1, false),
                List.of(),
                shortage,
                1 << 20,
                2 << 20,
                1000);
    }

    private void project(String name) throws IOException {
        Files.writeString(workspace.configFile(name), "model_name: tiny\npreview: false\n");
        Files.writeString(
                workspace.promptsFolder().resolve(name + ".yaml"),
                "- target: " + name + "\n  positive: maid\n  action: enhance\n  resolution: 512\n");
    }
}
