package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.TerminalSnr;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageRequestTest {

    private static final ModelSource MODEL = ModelSource.file(Path.of("base.safetensors"));
    private static final LoraWeight LORA = new LoraWeight(Path.of("a.safetensors"), 0.8);

    @Test
    void defaults_are_those_it_documents() {
        assertThat(ImageRequest.builder().model(MODEL).prompt("krnkmd").build())
                .isEqualTo(new ImageRequest(
                        MODEL,
                        "krnkmd",
                        "",
                        512,
                        512,
                        20,
                        7.5,
                        0,
                        1,
                        SchedulerType.DDIM,
                        new ModelUse(
                                Precision.FP32, 1, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL, Optional.empty()),
                        List.of(),
                        PromptSyntax.WEB_UI,
                        Optional.empty(),
                        new WholePicture()));
    }

    static Stream<Arguments> rejections() {
        return Stream.of(
                rejection("width is 100; expected a multiple of 8, for example 96 or 104", b -> b.width(100)),
                rejection("height is 0; expected a positive multiple of 8, for example 512", b -> b.height(0)),
                rejection("steps is 0; expected a number from 1 to 1000", b -> b.steps(0)),
                rejection("guidanceScale is NaN; expected a finite number", b -> b.guidanceScale(Double.NaN)),
                rejection("count is 0; expected 1 or more", b -> b.count(0)),
                rejection(
                        "clipSkip is 13; expected a number from 1 to 12", b -> b.modelUse(use -> use.withClipSkip(13))),
                rejection(
                        "lora weight is Infinity; expected a finite number",
                        b -> b.lora(Path.of("a.safetensors"), Double.POSITIVE_INFINITY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rejections")
    void rejects_values_out_of_range_at_the_call(String message, Consumer<ImageRequest.Builder> call) {
        ImageRequest.Builder builder = ImageRequest.builder();

        assertThatThrownBy(() -> call.accept(builder))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(message);
    }

    @Test
    void says_which_required_value_is_missing() {
        assertThatThrownBy(() -> ImageRequest.builder().build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("model is missing; call model(");
        assertThatThrownBy(() -> ImageRequest.builder().model(MODEL).build())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("prompt is missing; call prompt(");
    }

    @Test
    void lora_adds_and_loras_replaces() {
        ImageRequest.Builder builder = ImageRequest.builder().model(MODEL).prompt("");
        Path other = Path.of("b.safetensors");

        assertThat(builder.loras(List.of(LORA)).lora(other, 1).build().loras())
                .containsExactly(LORA, new LoraWeight(other, 1));
        assertThat(builder.loras(List.of(LORA)).build().loras()).containsExactly(LORA);
    }

    @Test
    void copies_every_value_to_a_builder() {
        ImageRequest request = new ImageRequest(
                MODEL,
                "a",
                "b",
                96,
                104,
                7,
                1.5,
                -3,
                4,
                SchedulerType.UNIPC,
                new ModelUse(
                        Precision.FP16,
                        2,
                        PredictionType.V_PREDICTION,
                        TerminalSnr.ZERO,
                        Optional.of(Path.of("embeddings"))),
                List.of(LORA),
                PromptSyntax.WEB_UI,
                Optional.of(Path.of("lora")),
                RegionGrid.even());

        assertThat(request.toBuilder().build()).isEqualTo(request);
    }

    @Test
    void rejects_regions_for_a_plain_prompt() {
        ImageRequest.Builder builder = ImageRequest.builder()
                .model(MODEL)
                .prompt("a AND b")
                .promptSyntax(PromptSyntax.PLAIN)
                .composition(LatentCouple.parse("1:2-0:0,1:2-0:1", "1,1"));

        assertThatThrownBy(builder::build)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("composition is LatentCouple")
                .hasMessageContaining("promptSyntax is PLAIN");
    }

    private static Arguments rejection(String message, Consumer<ImageRequest.Builder> call) {
        return Arguments.of(message, call);
    }
}
