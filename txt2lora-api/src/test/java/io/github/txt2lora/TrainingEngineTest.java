package io.github.txt2lora;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingEngineTest {

    private static final LoraTraining TRAINING = LoraTraining.builder()
            .name("krnkmd")
            .model(ModelSource.file(Path.of("base.safetensors")))
            .prompt(PromptPair.enhance("krnkmd").build())
            .output(Path.of("lora"))
            .build();

    @Test
    void names_the_artifact_to_add_when_there_is_no_engine() {
        assertThatThrownBy(TrainingEngine::open)
                .isInstanceOf(Txt2LoraException.class)
                .hasMessage("no training engine is on the class path; add the artifact"
                        + " io.github.txt2lora:txt2lora-core to the application's dependencies");
    }

    @Test
    void finds_the_engine_that_the_threads_class_path_names(@TempDir Path folder) throws Exception {
        FakeEngine engine = FakeEngine.finishingAtOnce();
        EngineOptions options =
                EngineOptions.builder().device(Device.cpu()).threads(2).build();

        assertThat(FakeEngineProvider.whereFound(engine, folder, () -> TrainingEngine.open(options)))
                .isSameAs(engine);
        assertThat(FakeEngineProvider.lastOptions()).isEqualTo(options);
    }

    @Test
    void says_so_when_the_engine_cannot_be_loaded(@TempDir Path folder) {
        assertThatThrownBy(() -> FakeEngineProvider.withService("no.such.Provider", folder, TrainingEngine::open))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageStartingWith("the training engine on the class path cannot be loaded: ")
                .hasMessageContaining("no.such.Provider");
    }

    @Test
    void interrupting_the_waiting_thread_suspends_the_training() {
        FakeEngine engine = FakeEngine.neverFinishing();
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> engine.train(TRAINING))
                    .isInstanceOf(TrainingCancelledException.class)
                    .hasMessageContaining("krnkmd");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(requireNonNull(engine.lastJob).cancelledWith).isEqualTo(CancelMode.SUSPEND);
    }
}
