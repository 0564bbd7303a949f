package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.PlotAxis.GuidanceScales;
import io.github.txt2lora.image.PlotAxis.LoraFiles;
import io.github.txt2lora.image.PlotAxis.LoraWeights;
import io.github.txt2lora.image.PlotAxis.Models;
import io.github.txt2lora.image.PlotAxis.PromptText;
import io.github.txt2lora.image.PlotAxis.Seeds;
import io.github.txt2lora.image.PlotAxis.Steps;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImagePlotTest {

    private static final ImageRequest REQUEST = ImageRequest.builder()
            .model(ModelSource.file(Path.of("a.safetensors")))
            .prompt("a red cat")
            .width(8)
            .height(8)
            .count(3)
            .build();

    private final RecordingEngine engine = new RecordingEngine();

    @Test
    void files_are_labelled_by_their_names_alone() {
        assertThat(new LoraFiles(List.of(Path.of("lora/krnkmd-v1.safetensors"))).label(0))
                .isEqualTo("krnkmd-v1");
        var models = new Models(List.of(
                ModelSource.file(Path.of("model/anything.safetensors")),
                ModelSource.folder(Path.of("model/sdxl-1.0"))));
        assertThat(models.label(0)).isEqualTo("anything");
        assertThat(models.label(1)).isEqualTo("sdxl-1.0");
    }

    @Test
    void refuses_more_pictures_than_the_plot_can_show_before_any_is_drawn() {
        List<Long> seeds = LongStream.range(0, 10_000).boxed().toList();
        List<Double> weights = seeds.stream().map(Long::doubleValue).toList();
        List<Integer> steps = IntStream.range(1, 1000).boxed().toList();

        assertThatThrownBy(() -> new ImagePlot(
                        REQUEST, List.of(new Seeds(seeds), new GuidanceScales(weights), new Steps(steps))))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessage("the plot has 99900000000 images of 8x8 pixels; expected at most 4194304: give the axes"
                        + " fewer values");
    }

    @Test
    void draws_every_combination_once_and_tells_progress() {
        List<String> progress = new ArrayList<>();
        var plot = new ImagePlot(
                REQUEST,
                List.of(
                        new Seeds(List.of(1L, 2L)),
                        new PromptText("red", List.of("red", "blue")),
                        new Steps(List.of(5, 10))));

        plot.draw(engine, (done, total) -> progress.add(done + "/" + total)).render();

        assertThat(progress).hasSize(8).startsWith("1/8").endsWith("8/8");
        assertThat(engine.requests).doesNotHaveDuplicates().hasSize(8).allMatch(request -> request.count() == 1);
        assertThat(engine.requests).anySatisfy(request -> {
            assertThat(request.seed()).isEqualTo(2);
            assertThat(request.prompt()).isEqualTo("a blue cat");
            assertThat(request.steps()).isEqualTo(10);
        });
    }

    @Test
    void draws_model_by_model() {
        ModelSource first = ModelSource.file(Path.of("a.safetensors"));
        ModelSource second = ModelSource.file(Path.of("b.safetensors"));
        var plot = new ImagePlot(
                REQUEST, List.of(new Models(List.of(first, second)), new GuidanceScales(List.of(1.0, 2.0))));

        plot.draw(engine, (done, total) -> {});

        assertThat(engine.requests).map(ImageRequest::model).containsExactly(first, first, second, second);
    }

    @Test
    void weights_apply_to_the_files_of_another_axis() {
        Path file = Path.of("l.safetensors");
        var plot = new ImagePlot(REQUEST, List.of(new LoraWeights(List.of(0.5)), new LoraFiles(List.of(file))));

        plot.draw(engine, (done, total) -> {});

        assertThat(engine.requests).map(ImageRequest::loras).containsExactly(List.of(new LoraWeight(file, 0.5)));
    }

    @Test
    void what_the_listener_throws_ends_the_plot() {
        var plot = new ImagePlot(REQUEST, List.of(new Seeds(List.of(1L, 2L))));

        assertThatThrownBy(() -> plot.draw(engine, (done, total) -> {
                    throw new IllegalStateException("enough");
                }))
                .hasMessage("enough");
        assertThat(engine.requests).hasSize(1);
    }

    static Stream<Runnable> emptyAxes() {
        return Stream.of(
                () -> new PromptText("a", List.of()),
                () -> new LoraFiles(List.of()),
                () -> new LoraWeights(List.of()),
                () -> new Seeds(List.of()),
                () -> new Models(List.of()),
                () -> new Steps(List.of()),
                () -> new GuidanceScales(List.of()));
    }

    @ParameterizedTest
    @MethodSource("emptyAxes")
    void an_axis_without_values_is_rejected(Runnable axis) {
        assertThatThrownBy(axis::run)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("has no values; expected one or more");
    }

    @Test
    void axes_that_do_not_fit_are_rejected_before_anything_is_drawn() {
        assertRejected(List.of(), "the plot has 0 axes");
        assertRejected(List.of(new Seeds(List.of(1L)), new Seeds(List.of(2L))), "two axes vary the same");
        assertRejected(List.of(new PromptText("dog", List.of("cat"))), "search is \"dog\"");
        assertRejected(List.of(new LoraWeights(List.of(1.0))), "the axis LoRA weight has no LoRA");
        assertRejected(List.of(new Steps(List.of(20, 0))), "steps is 0");
    }

    private static void assertRejected(List<PlotAxis> axes, String message) {
        assertThatThrownBy(() -> new ImagePlot(REQUEST, axes))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(message);
    }

    private static final class RecordingEngine implements TrainingEngine {

        private final List<ImageRequest> requests = new ArrayList<>();

        @Override
        public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TrainingEstimate estimate(LoraTraining training, int together) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
            requests.add(request);
            var image = new BufferedImage(request.width(), request.height(), BufferedImage.TYPE_INT_RGB);
            return List.of(new GeneratedImage(image, request.seed(), request));
        }

        @Override
        public void close() {}
    }
}
