package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.Slider;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingRecovered;
import io.github.txt2lora.event.TrainingWarning;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.GenerationParameters;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.testing.EventLog;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The images that a training draws on its way. */
class PreviewsTest {

    /** With which the second iteration of a tiny model is not a number. */
    private static final double RUINOUS_RATE = 1e6;

    @RegisterExtension
    static final SharedEngine ENGINE = new SharedEngine();

    @TempDir
    private Path folder;

    private final EventLog log = new EventLog();

    private static PreviewSpec.Builder every(int iterations) {
        return PreviewSpec.every(iterations).toBuilder().steps(2).mostShare(1);
    }

    private List<PreviewDrawn> previewsOf(LoraTraining training) throws InterruptedException {
        ENGINE.train(training, log);
        log.await(TrainingFinished.class);
        return log.events(PreviewDrawn.class);
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    void previews_change_no_byte_of_the_lora() throws Exception {
        LoraTraining without = Tiny.training(folder.resolve("without"), 5);
        LoraTraining with = Tiny.training(folder.resolve("with"), 5).toBuilder()
                .preview(every(2).build())
                .build();
        TrainedLora undisturbed = ENGINE.train(without);

        assertThat(previewsOf(with)).extracting(PreviewDrawn::iteration).containsExactly(2, 4);

        assertThat(with.loraFile()).hasSameBinaryContentAs(without.loraFile());
        assertThat(log.events(TrainingFinished.class).get(0).lora().unetSamples())
                .isEqualTo(undisturbed.unetSamples());
        assertThat(log.events(TrainingWarning.class)).isEmpty();
    }

    @Test
    void the_last_preview_is_the_picture_of_the_finished_lora() throws Exception {
        LoraTraining training = Tiny.training(folder, 4).toBuilder()
                .preview(every(2).loraWeight(0.5).build())
                .build();

        List<PreviewDrawn> previews = previewsOf(training);

        GeneratedImage last = previews.get(1).images().get(0);
        GeneratedImage again = ENGINE.generate(last.request()).get(0);
        assertThat(last.request().loras()).containsExactly(new LoraWeight(training.loraFile(), 0.5));
        assertThat(pixels(last.image())).isEqualTo(pixels(again.image()));
        ImageRequest plain = last.request().toBuilder().loras(List.of()).build();
        assertThat(pixels(last.image()))
                .isNotEqualTo(pixels(ENGINE.generate(plain).get(0).image()));
    }

    @Test
    void files_tell_how_they_were_drawn_and_replace_those_of_a_training_before() throws Exception {
        Path stale = folder.resolve("preview/krnkmd-000004-0.png");
        Path other = folder.resolve("preview/other-000004-0.png");
        Files.createDirectories(stale.getParent());
        Files.createFile(stale);
        Files.createFile(other);
        LoraTraining training = Tiny.training(folder, 3).toBuilder()
                .preview(every(2).scheduler(SchedulerType.DDIM).build())
                .build();

        List<PreviewDrawn> previews = previewsOf(training);

        Path file = folder.resolve("preview/krnkmd-000002-0.png");
        assertThat(previews)
                .singleElement()
                .satisfies(preview -> assertThat(preview.files()).containsExactly(file));
        assertThat(GenerationParameters.readPng(file)).hasValueSatisfying(parameters -> {
            assertThat(parameters.prompt()).isEqualTo("krnkmd <lora:krnkmd:1>");
            assertThat(parameters.settings()).containsEntry("Sampler", "DDIM").containsEntry("Seed", "1");
        });
        assertThat(folder.resolve("preview"))
                .isDirectoryContaining(other::equals)
                .isDirectoryNotContaining(stale::equals);
    }

    @Test
    void a_folder_that_cannot_be_written_is_a_warning() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        LoraTraining training = Tiny.training(folder.resolve("out"), 2).toBuilder()
                .preview(every(1).folder(file).build())
                .build();

        List<PreviewDrawn> previews = previewsOf(training);

        assertThat(training.loraFile()).isRegularFile();
        assertThat(previews).hasSize(2).allSatisfy(preview -> {
            assertThat(preview.images()).hasSize(1);
            assertThat(preview.files()).isEmpty();
        });
        assertThat(log.events(TrainingWarning.class))
                .first()
                .satisfies(warning -> assertThat(warning.message())
                        .startsWith("the preview after iteration 1 was not written: ")
                        .contains(file.toString()));
    }

    @Test
    void previews_beyond_their_share_are_left_out_which_is_told_once() throws Exception {
        LoraTraining training = Tiny.training(folder, 6).toBuilder()
                .preview(every(1).mostShare(1e-9).build())
                .build();

        List<PreviewDrawn> previews = previewsOf(training);

        assertThat(previews).extracting(PreviewDrawn::iteration).containsExactly(1);
        assertThat(log.events(TrainingWarning.class))
                .singleElement()
                .satisfies(warning -> assertThat(warning.message()).contains("so fewer are drawn"));
    }

    @Test
    void a_slider_is_drawn_at_both_ends() throws Exception {
        LoraTraining training = Tiny.training(folder, 2).toBuilder()
                .prompts(Slider.between("short hair", "long hair")
                        .withResolution(64)
                        .pairs())
                .preview(every(2).build())
                .build();

        List<GeneratedImage> images = previewsOf(training).get(0).images();

        assertThat(images)
                .extracting(image -> image.request().loras().get(0).weight())
                .containsExactly(-1.0, 1.0);
        assertThat(pixels(images.get(0).image()))
                .isEqualTo(
                        pixels(ENGINE.generate(images.get(0).request()).get(0).image()));
    }

    @Test
    void trainings_together_and_on_several_models_draw_their_own_previews() throws Exception {
        ModelSource other = new TinyFixture().otherModel(folder);
        List<LoraTraining> trainings = List.of(
                several(other, "krnkmd").build(),
                several(other, "other").preview(every(2).build()).build());
        LoraTraining alone =
                several(other, "krnkmd").output(folder.resolve("alone")).build();
        List<LoraTraining> undisturbed = List.of(
                alone, several(other, "other").output(folder.resolve("alone")).build());

        for (TrainingJob job : ENGINE.startTogether(undisturbed)) {
            job.await();
        }
        for (TrainingJob job :
                ENGINE.startTogether(trainings, training -> training.preview().isOn() ? log : new EventLog())) {
            job.await();
        }
        log.await(TrainingFinished.class);

        assertThat(log.events(PreviewDrawn.class))
                .extracting(PreviewDrawn::iteration)
                .containsExactly(2, 4);
        for (int i = 0; i < trainings.size(); i++) {
            assertThat(trainings.get(i).loraFile())
                    .hasSameBinaryContentAs(undisturbed.get(i).loraFile());
        }
        // keeps one model again
        ENGINE.reopen();
    }

    private LoraTraining.Builder several(ModelSource other, String name) {
        return Tiny.training(folder.resolve("together"), 4).toBuilder()
                .name(name)
                .prompts(List.of(Tiny.prompt(name)))
                .alsoOn(other);
    }

    @Test
    void cancelling_while_a_preview_is_drawn_ends_the_training_which_resumes_to_the_same_lora() throws Exception {
        LoraTraining undisturbed = stated(folder.resolve("undisturbed"), PreviewSpec.off());
        ENGINE.train(undisturbed);
        // far more steps than a test could wait for
        LoraTraining training = stated(
                folder.resolve("resumed"),
                every(2).steps(1000).seeds(List.of(1L, 2L, 3L)).build());
        var started = new CompletableFuture<TrainingJob>();
        TrainingJob job = ENGINE.start(training, new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() == 2) {
                    started.join().cancel(CancelMode.SUSPEND);
                }
            }
        });
        started.complete(job);
        assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);

        ENGINE.train(stated(folder.resolve("resumed"), every(3).build()), log);
        log.await(TrainingFinished.class);

        assertThat(log.events(StateRestored.class)).hasSize(1);
        assertThat(log.events(PreviewDrawn.class))
                .extracting(PreviewDrawn::iteration)
                .containsExactly(3, 6);
        assertThat(training.loraFile()).hasSameBinaryContentAs(undisturbed.loraFile());
    }

    private static LoraTraining stated(Path output, PreviewSpec preview) {
        return Tiny.training(output, Tiny.spec(6).saving(saving -> saving.withStates(StateSpec.everyIterations(1))))
                .preview(preview)
                .build();
    }

    @Test
    void a_training_that_goes_back_comes_to_the_same_lora_also_if_its_images_are_not_finite() throws Exception {
        LoraTraining undisturbed = goingBack(folder.resolve("undisturbed")).build();
        ENGINE.train(undisturbed);
        LoraTraining training =
                goingBack(folder.resolve("with")).preview(every(1).build()).build();

        previewsOf(training);

        assertThat(log.events(TrainingRecovered.class)).isNotEmpty();
        assertThat(log.events(TrainingWarning.class))
                .extracting(TrainingWarning::message)
                .anyMatch(message -> message.startsWith("the preview after iteration ")
                        && message.endsWith("the training continues without previews"));
        assertThat(training.loraFile()).hasSameBinaryContentAs(undisturbed.loraFile());
    }

    private static LoraTraining.Builder goingBack(Path output) {
        return Tiny.training(
                output,
                Tiny.spec(5)
                        .method(Tiny.keeping(new LatentSource.Noise(4, 500)))
                        .learningRate(RUINOUS_RATE)
                        .nonFinitePolicy(new NonFinitePolicy.Rollback(40)));
    }

    @Test
    void prompts_that_name_another_lora_are_refused_before_the_training() {
        LoraTraining training = Tiny.training(folder, 2).toBuilder()
                .preview(every(1).prompts("krnkmd <lora:other:1>").build())
                .build();

        assertThatThrownBy(() -> ENGINE.train(training))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("a preview of the training cannot be drawn")
                .hasMessageContaining("other");
    }

    @Test
    void prompts_of_their_own_are_drawn_in_the_syntax_of_images() throws Exception {
        LoraTraining training = Tiny.training(folder, 1).toBuilder()
                .prompt(PromptPair.preserve("1girl").resolution(64).build())
                .preview(every(1).prompts("(krnkmd:1.2) AND 1girl", "krnkmd")
                        .negativePrompt("blurry")
                        .size(80, 64)
                        .build())
                .build();

        List<GeneratedImage> images = previewsOf(training).get(0).images();

        assertThat(images)
                .hasSize(2)
                .allSatisfy(image -> assertThat(pixels(image.image()))
                        .isEqualTo(
                                pixels(ENGINE.generate(image.request()).get(0).image())));
    }
}
