package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateSaved;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.testing.EventLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class JobTest {

    private static final int ENDLESS = Integer.MAX_VALUE;

    @TempDir
    Path folder;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    private final EventLog log = new EventLog();

    @ParameterizedTest
    @EnumSource(CancelMode.class)
    void queued_job_is_cancelled_at_once_and_leaves_nothing(CancelMode mode) throws Exception {
        var held = new Held(engine, folder.resolve("held"));
        TrainingJob job = engine.start(Tiny.training(folder.resolve("out"), 1), log);
        assertThat(job.state()).isEqualTo(JobState.QUEUED);

        job.cancel(mode);

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThatThrownBy(job::await)
                .isInstanceOf(TrainingCancelledException.class)
                .hasMessage("the training of krnkmd was cancelled before it began");
        held.release();
        engine.close();
        assertThat(log.events()).containsExactly(new TrainingCancelled(0, Optional.empty()));
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void running_job_keeps_what_was_trained_when_asked_to() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder, ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.KEEP);
        TrainedLora lora = job.await();

        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(lora.iterations()).isPositive().isEqualTo(lora.losses().size());
        assertThat(lora.metadata()).containsEntry("ss_steps", Integer.toString(lora.iterations()));
        assertThat(lora.file()).isRegularFile();
        engine.close();
        assertThat(log.names()).endsWith("LoraSaved", "StateSaved", "TrainingCancelled");
        assertThat(log.events(TrainingCancelled.class))
                .containsExactly(new TrainingCancelled(lora.iterations(), Optional.of(lora.file())));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "not everybody may make links there")
    void a_file_that_is_reached_through_a_link_to_its_folder_is_the_same_one() throws Exception {
        Path output = Files.createDirectory(folder.resolve("out"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), output);
        TrainingJob job = engine.start(Tiny.training(output, ENDLESS));

        assertThatThrownBy(() -> engine.start(Tiny.training(link, 1)))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("the training of krnkmd cannot start: " + link.resolve("krnkmd.safetensors")
                        + " is being produced by the training of krnkmd in this program (since ");
        job.cancel(CancelMode.DISCARD);
    }

    @Test
    void running_job_leaves_nothing_when_discarded() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder.resolve("out"), ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.DISCARD);

        assertThatThrownBy(job::await)
                .isInstanceOf(TrainingCancelledException.class)
                .hasMessageMatching("the training of krnkmd was cancelled after \\d+ iterations?; no LoRA was saved");
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void suspended_job_says_where_its_state_is() throws Exception {
        TrainingJob job = engine.start(Tiny.training(folder.resolve("out"), ENDLESS), log);
        log.await(IterationFinished.class);

        job.cancel(CancelMode.SUSPEND);

        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        engine.close();
        StateSaved saved = log.events(StateSaved.class).get(0);
        assertThat(saved.file()).isRegularFile();
        String made = saved.iteration() == 1 ? "1 iteration" : saved.iteration() + " iterations";
        assertThatThrownBy(job::await)
                .hasMessage("the training of krnkmd was cancelled after " + made + "; no LoRA was saved, but its state"
                        + " was, as " + saved.file()
                        + "; the same training resumes from there when it is started again");
    }

    @Test
    void who_trains_and_is_interrupted_goes_on_once_the_state_is_written() throws Exception {
        LoraTraining training = Tiny.training(folder.resolve("out"), ENDLESS);
        var task = new FutureTask<>(() -> {
            assertThatThrownBy(() -> engine.train(training, log))
                    .isInstanceOf(TrainingCancelledException.class)
                    .hasMessageContaining("its state was, as ");
            try (Stream<Path> files = Files.list(training.output())) {
                return files.map(file -> file.getFileName().toString()).toList();
            }
        });
        var starter = new Thread(task);
        starter.start();
        log.await(IterationFinished.class);
        starter.interrupt();

        assertThat(task.get(1, TimeUnit.MINUTES)).hasSize(1).allMatch(name -> name.endsWith(".state"));
    }

    @ParameterizedTest
    @EnumSource(CancelMode.class)
    void paused_job_is_cancelled_before_its_first_iteration(CancelMode mode) throws Exception {
        TrainingJob job = queuedAndPaused(ENDLESS);
        log.await(TrainingPaused.class);
        assertThat(job.state()).isEqualTo(JobState.PAUSED);

        job.cancel(mode);

        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        engine.close();
        assertThat(log.names()).containsExactly("TrainingStarted", "TrainingPaused", "TrainingCancelled");
    }

    @Test
    void closing_gives_up_a_picture() throws Exception {
        var begun = new CountDownLatch(1);
        var outcome = new CompletableFuture<Throwable>();
        var held = new Held(engine, folder.resolve("held"));
        var painter = new Thread(() -> {
            begun.countDown();
            try {
                engine.generate(Tiny.picture().steps(1000).count(1000).build());
                outcome.complete(new AssertionError("it was drawn"));
            } catch (Throwable e) {
                outcome.complete(e);
            }
        });
        painter.start();
        begun.await();
        held.release();

        engine.close();

        assertThat(outcome.get(1, TimeUnit.MINUTES))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("engine is closed");
    }

    @Test
    void closed_engine_takes_nothing_new_and_may_be_closed_again() {
        engine.close();
        engine.close();

        assertThatThrownBy(() -> engine.start(Tiny.training(folder, 1)))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessage("the engine is closed; open another one with TrainingEngine.open()");
        assertThatThrownBy(() -> engine.generate(Tiny.picture().build()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessage("the engine is closed; open another one with TrainingEngine.open()");
    }

    /** A job that was paused while it was queued, and then got its turn. */
    private TrainingJob queuedAndPaused(int iterations) throws InterruptedException {
        var held = new Held(engine, folder.resolve("held"));
        TrainingJob job = engine.start(Tiny.training(folder, iterations), log);
        job.pause();
        assertThat(job.state()).isEqualTo(JobState.QUEUED);
        held.release();
        return job;
    }
}
