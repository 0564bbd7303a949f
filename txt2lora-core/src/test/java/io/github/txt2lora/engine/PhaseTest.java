package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Memory;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.event.TrainingResumed;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.job.EventQueue;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that come in the middle of a phase take effect there. The runs are made by the thread of the test. */
class PhaseTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    @TempDir
    Path folder;

    private Torch torch;
    private BaseModels models;

    @BeforeEach
    void open() {
        torch = TestTorch.start();
        models = new BaseModels(torch, Families.standard());
    }

    private EngineParts parts() {
        return new EngineParts(
                torch,
                Families.standard(),
                models,
                TOKENIZER,
                new LatentCache(0, LatentFolder.none()),
                Memory.AUTO,
                new WaitingImages());
    }

    @AfterEach
    void close() {
        models.close();
        torch.close();
    }

    /** Makes a request when the training first passes a checkpoint of a phase. */
    private static final class RequestInPhase extends JobControl {

        private final Phase phase;
        private final Runnable request;
        private final Set<Phase> seen = EnumSet.noneOf(Phase.class);

        RequestInPhase(Phase phase, Consumer<JobControl> request) {
            this.phase = phase;
            this.request = () -> request.accept(this);
        }

        @Override
        void checkpoint(Runnable onPause, Runnable onResume) {
            Phase.current().filter(seen::add).filter(phase::equals).ifPresent(now -> request.run());
            super.checkpoint(onPause, onResume);
        }
    }

    private EngineJob run(LoraTraining training, JobControl control, TrainingListener... listeners) {
        var job = new EngineJob(
                training,
                new EventQueue(List.of(listeners), Runnable::run, (event, failure) -> {
                    throw new AssertionError(failure);
                }),
                Runnable::run,
                control);
        assertThat(control.begin()).isTrue();
        new GroupRun(parts(), List.of(job)).run();
        return job;
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"MEASURING", "LOADING_VAE", "DECODING"})
    void training_is_cancelled_in_the_middle_of(Phase phase) {
        var control = new RequestInPhase(phase, job -> job.cancel(CancelMode.KEEP));

        var log = new EventLog();

        EngineJob job = run(Tiny.training(folder.resolve("out"), 1), control, log);

        assertThat(control.seen).contains(phase);
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        assertThat(log.names()).startsWith("TrainingStarted").endsWith("TrainingCancelled");
        assertThat(folder.resolve("out")).doesNotExist();
        models.close();
        assertThat(torch.nativeUse()).isEqualTo(new NativeUse(0, 0, 0, 0));
    }

    @Test
    void training_that_paused_in_every_phase_is_none_the_worse() throws Exception {
        Path undisturbed = run(Tiny.training(folder.resolve("undisturbed"), 1), new JobControl())
                .await()
                .file();
        models.close();
        models = new BaseModels(torch, Families.standard());
        var control = new JobControl() {
            private final Set<Phase> pausedIn = EnumSet.noneOf(Phase.class);

            @Override
            void checkpoint(Runnable onPause, Runnable onResume) {
                Phase.current().filter(pausedIn::add).ifPresent(phase -> pause());
                super.checkpoint(
                        () -> {
                            assertThat(state()).isEqualTo(JobState.PAUSED);
                            onPause.run();
                            resume();
                        },
                        onResume);
            }
        };
        var paused = new EventLog();

        Path file = run(Tiny.training(folder.resolve("paused"), 1), control, paused)
                .await()
                .file();

        assertThat(control.pausedIn)
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.of(Phase.MEASURING, Phase.LOADING_VAE, Phase.DECODING)));
        assertThat(paused.events(TrainingPaused.class)).hasSameSizeAs(control.pausedIn);
        assertThat(paused.events(TrainingResumed.class)).hasSameSizeAs(control.pausedIn);
        assertThat(paused.names()).endsWith("TrainingFinished");
        assertThat(file).hasBinaryContent(Files.readAllBytes(undisturbed));
    }

    /** Measured after the second and the fourth iteration, and at the end. */
    private static TrainingSpec.Builder measuredSpec() {
        return Tiny.spec(4)
                .method(Tiny.keeping(new LatentSource.Noise(4, 500)))
                .stopping(
                        stopping -> stopping.withRule(StopRule.noBetterFor(100).withEveryIterations(2))
                                .withMeasureQuality(true))
                .saving(saving -> saving.withEveryIterations(1).withStates(StateSpec.everyIterations(100)));
    }

    @Test
    void training_that_is_suspended_while_it_measures_goes_on_as_if_nothing_had_been() throws Exception {
        LoraTraining elsewhere =
                Tiny.training(folder.resolve("elsewhere"), measuredSpec()).build();
        TrainedLora undisturbed = run(elsewhere, new JobControl()).await();
        LoraTraining training =
                Tiny.training(folder.resolve("out"), measuredSpec()).build();
        var log = new EventLog();

        EngineJob suspended =
                run(training, new RequestInPhase(Phase.MEASURING, job -> job.cancel(CancelMode.SUSPEND)), log);

        assertThat(suspended.state()).isEqualTo(JobState.CANCELLED);
        assertThat(log.events(IterationFinished.class)).hasSize(2);
        assertThat(log.events(GapMeasured.class)).isEmpty();
        assertThat(folder.resolve("out/krnkmd_2steps.safetensors")).exists();

        TrainedLora lora = run(training, new JobControl(), log).await();
        assertThat(lora.quality()).isEqualTo(undisturbed.quality());
        assertThat(lora.quality().orElseThrow().gaps()).hasSize(2);
        assertThat(log.events(GapMeasured.class))
                .extracting(GapMeasured::iteration)
                .containsExactly(2, 4);
        assertThat(lora.file()).hasBinaryContent(Files.readAllBytes(undisturbed.file()));
    }

    @Test
    void training_that_is_cancelled_while_its_end_is_measured_has_its_lora() throws Exception {
        TrainingSpec.Builder spec = measuredSpec()
                .stopping(stopping -> stopping.withRule(StopRule.never()))
                .saving(saving -> saving.withEveryIterations(0))
                .iterations(1);
        var log = new EventLog();

        EngineJob job = run(
                Tiny.training(folder.resolve("out"), spec).build(),
                new RequestInPhase(Phase.MEASURING, control -> control.cancel(CancelMode.DISCARD)),
                log);

        assertThat(job.state()).isEqualTo(JobState.FINISHED);
        assertThat(job.await().file()).exists();
        assertThat(job.await().quality()).isEmpty();
        assertThat(log.names()).endsWith("LoraSaved", "TrainingFinished");
    }

    @ParameterizedTest
    @EnumSource(
            value = Phase.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"HASHING_MODEL", "STEP", "MEASURING"})
    void picture_is_given_up_in_the_middle_of(Phase phase) {
        var seen = EnumSet.noneOf(Phase.class);
        var givenUp = new IllegalStateException("the engine is closed");
        ImageRequest request = Tiny.picture().build();
        var call = new ImageCall(request, () -> {
            if (Phase.current().filter(seen::add).filter(phase::equals).isPresent()) {
                throw givenUp;
            }
        });

        assertThatThrownBy(() -> ImageRun.alone(parts(), call).run()).isSameAs(givenUp);

        models.close();
        assertThat(torch.nativeUse()).isEqualTo(new NativeUse(0, 0, 0, 0));
    }

    @Test
    void picture_of_several_prompts_may_be_given_up_before_each_call_of_the_network() {
        int[] calls = {0};
        ImageRequest request =
                Tiny.picture().prompt("a cat AND a dog AND a bird").steps(2).build();
        var call = new ImageCall(request, () -> {
            if (Phase.current().filter(Phase.ROLLOUT::equals).isPresent()) {
                calls[0]++;
            }
        });

        ImageRun.alone(parts(), call).run();

        // the three prompts and the negative one, in each step, and then the report of the step
        assertThat(calls[0]).isEqualTo(2 * (4 + 1));
    }
}
