package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingFailed;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingStarted;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {

    private static final Path OUTPUT = Path.of("lora").toAbsolutePath();

    @ParameterizedTest
    @MethodSource("trainings")
    void a_training_goes_over_as_it_is(LoraTraining training) {
        LoraTraining read = Wire.read(Wire.write(training), LoraTraining.class);

        // a target of layers has no equality of its own
        assertThat(read.toString().replaceAll("LoraTarget@\\w+", ""))
                .isEqualTo(training.toString().replaceAll("LoraTarget@\\w+", ""));
        assertThat(read.spec().lora().target().name())
                .isEqualTo(training.spec().lora().target().name());
    }

    static Stream<LoraTraining> trainings() {
        LoraTraining training = Trainings.training("krnkmd", OUTPUT, 3).build();
        LoraTraining recommended =
                training.toBuilder().spec(TrainingSpec.builder().build()).build();
        return Stream.of(
                training,
                recommended,
                training.toBuilder()
                        .model(ModelSource.url("anime", URI.create("https://example.org/anime.safetensors"))
                                .into(OUTPUT))
                        .alsoOn(ModelSource.folder(OUTPUT.resolve("other")))
                        .build(),
                withTarget(training, LoraTarget.FULL),
                withTarget(training, LoraTarget.layers("attn2\\.to_(k|v)$")),
                withTarget(training, LoraTarget.names("mid_block", "OUT03")));
    }

    private static LoraTraining withTarget(LoraTraining training, LoraTarget target) {
        return training.toBuilder()
                .spec(training.spec().toBuilder()
                        .lora(training.spec().lora().toBuilder().target(target).build())
                        .build())
                .build();
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_goes_over_as_it_is(TrainingEvent event) {
        Message message = new Message("run", "krnkmd", 1, new Happening.Training(event));

        assertThat(Wire.read(Wire.write(message), Message.class)).isEqualTo(message);
    }

    static Stream<TrainingEvent> events() {
        return Stream.of(
                new IterationFinished(3, 10, 0.25, 1.5, 1e-3, 2.5, Duration.ofSeconds(3)),
                new ModelDownloading("anime", 100, OptionalLong.empty()),
                new ModelDownloading("anime", 100, OptionalLong.of(200)),
                new TrainingStarted(Trainings.training("krnkmd", OUTPUT, 3).build()),
                new TrainingFinished(new TrainedLora(
                        OUTPUT.resolve("krnkmd.safetensors"),
                        "krnkmd",
                        2,
                        List.of(0.5, 0.25),
                        Map.of("ss_network_dim", "4"),
                        Optional.empty(),
                        12,
                        Duration.ofSeconds(4),
                        List.of("a warning"))));
    }

    @Test
    void a_failure_keeps_its_kind_its_message_and_where_it_happened() {
        var failure = new TrainingFailedException("loss is NaN", new IllegalStateException("of another class"));

        TrainingFailed read = Wire.read(Wire.write(new TrainingFailed(failure)), TrainingFailed.class);

        assertThat(read.failure())
                .isInstanceOf(TrainingFailedException.class)
                .hasMessage("loss is NaN")
                .hasNoCause();
        assertThat(read.failure().getStackTrace()[0]).isEqualTo(failure.getStackTrace()[0]);
    }

    @Test
    void a_failure_of_an_engines_own_kind_becomes_a_general_one() {
        LoraOutcome.Failed read = Wire.read(
                Wire.write(new LoraOutcome.Failed("krnkmd", new Txt2LoraException("no memory") {})),
                LoraOutcome.Failed.class);

        assertThat(read.failure()).hasMessage("no memory").isExactlyInstanceOf(Txt2LoraException.class);
    }

    @Test
    void terms_and_orders_go_over_as_they_are() {
        Terms terms = new Terms(
                "run",
                EngineOptions.builder()
                        .device(Device.cuda(1))
                        .cacheFolder(OUTPUT)
                        .build(),
                4,
                "driver",
                true,
                Optional.of(new BatchTerms(OUTPUT, Map.of("rank", "8"), false, true, 2)));
        Order order = new Order(List.of(new Order.Part("krnkmd", List.of(OUTPUT), Optional.empty())));

        assertThat(Wire.read(Wire.write(terms), Terms.class)).isEqualTo(terms);
        assertThat(Wire.read(Wire.write(order), Order.class)).isEqualTo(order);
    }

    @Test
    void paths_become_absolute() {
        assertThat(Wire.read(Wire.write(Path.of("models/a.safetensors")), Path.class))
                .isEqualTo(Path.of("models/a.safetensors").toAbsolutePath());
    }

    @Test
    void pictures_go_over_without_loss() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(1, 0, 0x123456);

        BufferedImage read = Wire.read(Wire.write(image), BufferedImage.class);

        assertThat(read.getRGB(0, 0)).isEqualTo(image.getRGB(0, 0));
        assertThat(read.getRGB(1, 0)).isEqualTo(image.getRGB(1, 0));
    }

    @Test
    void previews_go_over_with_their_requests() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        ImageRequest request = ImageRequest.builder()
                .model(ModelSource.file(OUTPUT.resolve("anime.safetensors")))
                .prompt("krnkmd")
                .build();
        PreviewDrawn event = new PreviewDrawn(
                50,
                List.of(new GeneratedImage(image, 7, request)),
                List.of(OUTPUT.resolve("preview/krnkmd-000050-0.png")),
                Duration.ofSeconds(2));

        PreviewDrawn read = Wire.read(Wire.write(event), PreviewDrawn.class);

        assertThat(read.iteration()).isEqualTo(50);
        assertThat(read.files()).isEqualTo(event.files());
        assertThat(read.images()).hasSize(1);
        assertThat(read.images().get(0).seed()).isEqualTo(7);
        assertThat(read.images().get(0).request()).isEqualTo(request);
        assertThat(read.images().get(0).image().getWidth()).isEqualTo(2);
    }

    @Test
    void rejects_what_cannot_be_read() {
        assertThatThrownBy(() -> Wire.read(new byte[] {1, 2, 3}, Order.class))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("expected the same version of txt2lora on all nodes");
        assertThatThrownBy(() -> Wire.read(Wire.write("a text"), Order.class)).isInstanceOf(Txt2LoraException.class);
    }

    @Test
    void makes_no_records_of_others() {
        byte[] foreign = Wire.write(new Form.OfRecord("java.lang.String", List.of("text")));

        assertThatThrownBy(() -> Wire.read(foreign, Object.class))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("java.lang.String is none of this library");
    }

    @Test
    void a_value_that_a_record_refuses_is_refused_here_too() {
        byte[] negative = Wire.write(new Form.OfRecord(Device.class.getName(), List.of(Device.Kind.CUDA, -1)));

        assertThatThrownBy(() -> Wire.read(negative, Device.class))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("device index is -1");
    }

    @Test
    void the_host_stands_before_what_went_wrong_there() {
        assertThat(Failures.onHost(new CheckpointException("no model"), "node2"))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("on the host node2: no model");
        assertThat(Failures.onHost(new InvalidSettingException("rank is 0"), "node2"))
                .isInstanceOf(InvalidSettingException.class);
    }
}
