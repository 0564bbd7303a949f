package io.github.txt2lora;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Txt2LoraTest {

    private static Txt2Lora.Builder complete() {
        return Txt2Lora.builder()
                .name("krnkmd")
                .model(ModelSource.file(Path.of("model/FuturelessMixFp16.safetensors")))
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("short hair,maid uniform")
                        .neutral("1girl")
                        .resolution(512)
                        .batchSize(2)
                        .build())
                .training(TrainingSpec.builder()
                        .iterations(500)
                        .learningRate(1e-4)
                        .build())
                .output(Path.of("lora"));
    }

    @Test
    void composes_the_value_that_it_trains() {
        LoraTraining training = complete().build().value();

        assertThat(training.name()).isEqualTo("krnkmd");
        assertThat(training.model().displayName()).isEqualTo("FuturelessMixFp16.safetensors");
        assertThat(training.prompts())
                .singleElement()
                .satisfies(pair -> assertThat(pair.batchSize()).isEqualTo(2));
        assertThat(training.iterations()).isEqualTo(500);
        assertThat(training.output()).isEqualTo(Path.of("lora"));
    }

    @Test
    void a_borrowed_engine_stays_open_and_tells_every_listener() {
        FakeEngine engine = FakeEngine.finishingAtOnce();
        List<String> calls = new ArrayList<>();

        TrainedLora lora = complete()
                .engine(engine)
                .listener(finishing(calls, "first"))
                .listener(finishing(calls, "second"))
                .build()
                .train();

        assertThat(lora.file()).isEqualTo(Path.of("lora", "krnkmd.safetensors"));
        assertThat(calls).containsExactly("first", "second");
        assertThat(engine.closed.getCount()).isEqualTo(1);
    }

    @Test
    void an_engine_of_its_own_is_opened_on_the_device_and_closed_after_training(@TempDir Path folder) throws Exception {
        FakeEngine engine = FakeEngine.finishingAtOnce();
        Txt2Lora training = complete().device(Device.cuda(1)).build();

        TrainedLora lora = FakeEngineProvider.whereFound(engine, folder, training::train);

        assertThat(lora.name()).isEqualTo("krnkmd");
        assertThat(FakeEngineProvider.lastOptions().device()).isEqualTo(Device.cuda(1));
        assertThat(engine.closed.getCount()).isZero();
    }

    @Test
    void an_engine_of_its_own_is_closed_when_the_started_job_ends(@TempDir Path folder) throws Exception {
        FakeEngine engine = FakeEngine.neverFinishing();

        TrainingJob job =
                FakeEngineProvider.whereFound(engine, folder, complete().build()::start);

        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(engine.closed.getCount()).isEqualTo(1);
        requireNonNull(engine.lastJob).finish();
        assertThat(engine.closed.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(job.await().name()).isEqualTo("krnkmd");
    }

    @Test
    void the_shortcut_trains_a_value_and_closes_its_engine(@TempDir Path folder) throws Exception {
        FakeEngine engine = FakeEngine.finishingAtOnce();
        LoraTraining training = complete().build().value();

        TrainedLora lora = FakeEngineProvider.whereFound(engine, folder, () -> Txt2Lora.train(training));

        assertThat(lora.file()).isEqualTo(training.loraFile());
        assertThat(engine.closed.getCount()).isZero();
    }

    @Test
    void rejects_a_device_together_with_an_engine_in_either_order() {
        FakeEngine engine = FakeEngine.finishingAtOnce();

        assertThatThrownBy(() -> complete().engine(engine).device(Device.cpu()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("device is cpu although an engine is given");
        assertThatThrownBy(() -> complete().device(Device.cpu()).engine(engine))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("device is cpu although an engine is given");
    }

    @Test
    void rejects_wrong_values_at_the_call() {
        assertThatThrownBy(() -> Txt2Lora.builder().name("a/b")).isInstanceOf(InvalidSettingException.class);
        assertThatThrownBy(() -> Txt2Lora.builder().name("a").build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("model is missing");
    }

    private static TrainingListener finishing(List<String> calls, String name) {
        return new TrainingListener() {
            @Override
            public void onFinished(TrainingFinished event) {
                calls.add(name);
            }
        };
    }
}
