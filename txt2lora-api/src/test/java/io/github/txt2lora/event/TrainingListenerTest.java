package io.github.txt2lora.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.Txt2LoraException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainingListenerTest {

    private static final LoraTraining TRAINING = LoraTraining.builder()
            .name("a")
            .model(ModelSource.file(Path.of("base.safetensors")))
            .prompt(PromptPair.enhance("a").build())
            .output(Path.of("lora"))
            .build();

    static Stream<Arguments> events() {
        Path file = TRAINING.loraFile();
        TrainedLora lora =
                new TrainedLora(file, "a", 1, List.of(0.5), Map.of(), Optional.empty(), 0, Duration.ZERO, List.of());
        return Stream.of(
                Arguments.of("onStarted", new TrainingStarted(TRAINING)),
                Arguments.of("onModelDownloading", new ModelDownloading("base", 1, OptionalLong.of(2))),
                Arguments.of("onModelLoaded", new ModelLoaded("base", "SD 1.x", Duration.ZERO)),
                Arguments.of("onSettingsChosen", new SettingsChosen(250, 1e-3, "chosen: 250 iterations")),
                Arguments.of("onIteration", new IterationFinished(1, 2, 0.5, 0.1, 1e-4, 2.0, Duration.ofSeconds(1))),
                Arguments.of("onGap", new GapMeasured(10, 0.5, 0.6)),
                Arguments.of("onWarning", new TrainingWarning("cut")),
                Arguments.of("onSaved", new LoraSaved(file, 1)),
                Arguments.of("onStateRestored", new StateRestored(file, 1)),
                Arguments.of("onStateSaved", new StateSaved(file, 1)),
                Arguments.of("onRecovered", new TrainingRecovered(2, "a loss of NaN", 1, 0.5)),
                Arguments.of("onPaused", new TrainingPaused(1)),
                Arguments.of("onPreview", new PreviewDrawn(1, List.of(), List.of(), Duration.ZERO)),
                Arguments.of("onResumed", new TrainingResumed(1)),
                Arguments.of("onFinished", new TrainingFinished(lora)),
                Arguments.of("onCancelled", new TrainingCancelled(1, Optional.of(file))),
                Arguments.of("onFailed", new TrainingFailed(new Txt2LoraException("broken"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void each_event_reaches_its_own_method_once(String method, TrainingEvent event) {
        RecordingListener listener = new RecordingListener();

        listener.onEvent(event);

        assertThat(listener.calls).containsExactly(method);
        assertThat(listener.events).containsExactly(event);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("events")
    void a_listener_without_methods_ignores_every_event(String method, TrainingEvent event) {
        TrainingListener listener = new TrainingListener() {};

        assertThatCode(() -> listener.onEvent(event)).as(method).doesNotThrowAnyException();
    }

    @Test
    void every_kind_of_event_is_tested() {
        Set<Class<?>> tested =
                events().map(arguments -> arguments.get()[1].getClass()).collect(Collectors.toSet());

        assertThat(tested).isEqualTo(Set.of(TrainingEvent.class.getPermittedSubclasses()));
    }

    private static final class RecordingListener implements TrainingListener {

        private final List<String> calls = new ArrayList<>();
        private final List<TrainingEvent> events = new ArrayList<>();

        private void record(String method, TrainingEvent event) {
            calls.add(method);
            events.add(event);
        }

        @Override
        public void onStarted(TrainingStarted event) {
            record("onStarted", event);
        }

        @Override
        public void onSettingsChosen(SettingsChosen event) {
            record("onSettingsChosen", event);
        }

        @Override
        public void onGap(GapMeasured event) {
            record("onGap", event);
        }

        @Override
        public void onModelDownloading(ModelDownloading event) {
            record("onModelDownloading", event);
        }

        @Override
        public void onModelLoaded(ModelLoaded event) {
            record("onModelLoaded", event);
        }

        @Override
        public void onIteration(IterationFinished event) {
            record("onIteration", event);
        }

        @Override
        public void onWarning(TrainingWarning event) {
            record("onWarning", event);
        }

        @Override
        public void onSaved(LoraSaved event) {
            record("onSaved", event);
        }

        @Override
        public void onStateRestored(StateRestored event) {
            record("onStateRestored", event);
        }

        @Override
        public void onStateSaved(StateSaved event) {
            record("onStateSaved", event);
        }

        @Override
        public void onRecovered(TrainingRecovered event) {
            record("onRecovered", event);
        }

        @Override
        public void onPaused(TrainingPaused event) {
            record("onPaused", event);
        }

        @Override
        public void onPreview(PreviewDrawn event) {
            record("onPreview", event);
        }

        @Override
        public void onResumed(TrainingResumed event) {
            record("onResumed", event);
        }

        @Override
        public void onFinished(TrainingFinished event) {
            record("onFinished", event);
        }

        @Override
        public void onCancelled(TrainingCancelled event) {
            record("onCancelled", event);
        }

        @Override
        public void onFailed(TrainingFailed event) {
            record("onFailed", event);
        }
    }
}
