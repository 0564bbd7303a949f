package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingPaused;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.testing.EventLog;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Images that are asked for while a training runs. */
class PicturesMeanwhileTest {

    private static final int ENDLESS = Integer.MAX_VALUE;

    @RegisterExtension
    static final SharedEngine ENGINE = new SharedEngine();

    @TempDir
    private Path folder;

    private final EventLog log = new EventLog();

    private static int[] pixels(List<GeneratedImage> images) {
        BufferedImage image = images.get(0).image();
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    private ImageRequest withLora() throws Exception {
        LoraTraining training = Tiny.training(folder.resolve("lora"), 2);
        ENGINE.train(training);
        return Tiny.picture()
                .loras(List.of(new LoraWeight(training.loraFile(), 3)))
                .build();
    }

    @Test
    void pictures_in_a_pause_are_those_without_a_training_and_change_no_byte_of_the_lora() throws Exception {
        ImageRequest request = withLora();
        ImageRequest plain = request.toBuilder().loras(List.of()).build();
        LoraTraining undisturbed = Tiny.training(folder.resolve("undisturbed"), 6);
        ENGINE.train(undisturbed);
        int[] expected = pixels(ENGINE.generate(request));
        int[] expectedPlain = pixels(ENGINE.generate(plain));
        assertThat(expected).isNotEqualTo(expectedPlain);

        var started = new CompletableFuture<TrainingJob>();
        TrainingJob job = ENGINE.start(
                Tiny.training(folder.resolve("disturbed"), 6),
                new TrainingListener() {
                    @Override
                    public void onIteration(IterationFinished event) {
                        started.join().pause();
                    }
                },
                log);
        started.complete(job);
        List<int[]> drawn = new ArrayList<>();
        log.await(TrainingPaused.class);
        for (int i = 0; i < 3; i++) {
            assertThat(job.state()).isEqualTo(JobState.PAUSED);
            drawn.add(pixels(ENGINE.generate(request)));
            drawn.add(pixels(ENGINE.generate(plain)));
        }
        while (!job.state().isTerminal()) {
            job.resume();
            Thread.onSpinWait();
        }

        assertThat(job.await().file()).hasSameBinaryContentAs(undisturbed.loraFile());
        for (int i = 0; i < drawn.size(); i += 2) {
            assertThat(drawn.get(i)).isEqualTo(expected);
            assertThat(drawn.get(i + 1)).isEqualTo(expectedPlain);
        }
    }

    @Test
    void pictures_come_long_before_the_end_of_a_training_which_goes_on_between_them() throws Exception {
        ImageRequest request = withLora();
        int[] expected = pixels(ENGINE.generate(request));
        TrainingJob job = ENGINE.start(Tiny.training(folder.resolve("endless"), ENDLESS), log);
        log.await(IterationFinished.class);

        List<FutureTask<int[]>> drawings = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            var drawing = new FutureTask<>(() -> pixels(ENGINE.generate(request)));
            drawings.add(drawing);
            new Thread(drawing).start();
        }
        for (FutureTask<int[]> drawing : drawings) {
            assertThat(drawing.get(1, TimeUnit.MINUTES)).isEqualTo(expected);
        }
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        job.cancel(CancelMode.DISCARD);
    }

    @Test
    void requests_one_after_the_other_do_not_hold_up_a_training() throws Exception {
        LoraTraining undisturbed = Tiny.training(folder.resolve("undisturbed"), 4);
        ENGINE.train(undisturbed);
        TrainingJob job = ENGINE.start(Tiny.training(folder.resolve("disturbed"), 4), log);
        log.await(IterationFinished.class);

        while (!job.state().isTerminal()) {
            ENGINE.generate(Tiny.picture().build());
        }

        assertThat(job.await().file()).hasSameBinaryContentAs(undisturbed.loraFile());
    }

    @Test
    void cancelling_the_training_does_not_wait_for_a_picture_which_comes_afterwards() throws Exception {
        var drawing = new CountDownLatch(1);
        LoraTraining training = Tiny.training(
                        folder, Tiny.spec(ENDLESS).saving(saving -> saving.withStates(StateSpec.off())))
                .build();
        TrainingJob job = ENGINE.start(training, log);
        log.await(IterationFinished.class);
        ImageRequest slow = Tiny.picture().steps(40).build();
        var request = new FutureTask<>(() -> ENGINE.generate(slow, progress -> drawing.countDown()));
        new Thread(request).start();
        assertThat(drawing.await(1, TimeUnit.MINUTES)).isTrue();

        job.cancel(CancelMode.KEEP);

        assertThat(job.await().file()).isRegularFile();
        assertThat(request.get(1, TimeUnit.MINUTES)).hasSize(1);
    }

    @Test
    void a_picture_of_another_model_or_precision_waits_for_the_end() throws Exception {
        ModelSource other = new TinyFixture().otherModel(folder);
        List<ImageRequest> requests = List.of(
                Tiny.picture().model(other).build(),
                Tiny.picture()
                        .modelUse(Tiny.picture().build().modelUse().withPrecision(Precision.BF16))
                        .build());
        TrainingJob job = ENGINE.start(Tiny.training(folder.resolve("endless"), ENDLESS), log);
        log.await(IterationFinished.class);
        List<FutureTask<List<GeneratedImage>>> waiting = new ArrayList<>();
        for (ImageRequest request : requests) {
            var drawing = new FutureTask<>(() -> ENGINE.generate(request));
            waiting.add(drawing);
            new Thread(drawing).start();
        }
        // of the training's own model, asked for later
        ENGINE.generate(Tiny.picture().build());

        assertThat(waiting).noneMatch(FutureTask::isDone);
        job.cancel(CancelMode.DISCARD);
        for (FutureTask<List<GeneratedImage>> drawing : waiting) {
            assertThat(drawing.get(1, TimeUnit.MINUTES)).hasSize(1);
        }
    }

    @Test
    void an_interrupted_caller_and_a_wrong_request_end_alone() throws Exception {
        TrainingJob job = ENGINE.start(Tiny.training(folder.resolve("endless"), ENDLESS), log);
        log.await(IterationFinished.class);
        Thread caller = Thread.currentThread();

        assertThatThrownBy(() -> ENGINE.generate(Tiny.picture().steps(1000).build(), progress -> caller.interrupt()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(() -> ENGINE.generate(
                        Tiny.picture().prompt("<lora:missing:1>").build()))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("missing");

        assertThat(ENGINE.generate(Tiny.picture().build())).hasSize(1);
        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        job.cancel(CancelMode.DISCARD);
    }

    @Test
    void trainings_together_and_in_turns_on_two_models_draw_pictures_of_both() throws Exception {
        ModelSource other = new TinyFixture().otherModel(folder);
        List<LoraTraining> undisturbed = together(other, "undisturbed");
        for (TrainingJob job : ENGINE.startTogether(undisturbed)) {
            job.await();
        }
        List<TrainingJob> jobs = ENGINE.startTogether(together(other, "disturbed"), training -> log);
        log.await(IterationFinished.class);

        ENGINE.generate(Tiny.picture().build());
        ENGINE.generate(Tiny.picture().model(other).build());

        for (int i = 0; i < jobs.size(); i++) {
            assertThat(jobs.get(i).await().file())
                    .hasSameBinaryContentAs(undisturbed.get(i).loraFile());
        }
        log.await(TrainingFinished.class);
        // keeps one model again
        ENGINE.reopen();
    }

    private List<LoraTraining> together(ModelSource other, String output) {
        return List.of(one(other, output, "a"), one(other, output, "b"));
    }

    private LoraTraining one(ModelSource other, String output, String name) {
        return Tiny.training(folder.resolve(output), 6).toBuilder()
                .name(name)
                .prompts(List.of(Tiny.prompt(name)))
                .alsoOn(other)
                .build();
    }
}
