package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.PromptSyntax;
import io.github.txt2lora.image.RegionGrid;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ComposedPicturesTest {

    private static final int STEPS = 2;

    /** One step of 255: a batch of two rounds otherwise than two batches of one. */
    private static final int ROUNDING = 1;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    private final ImageRequest base = request(GoldenCheckpoints.path("sd1-tiny"));

    private static ImageRequest request(Path model) {
        return ImageRequest.builder()
                .model(Files.isDirectory(model) ? ModelSource.folder(model) : ModelSource.file(model))
                .prompt("2girls")
                .negativePrompt("lowres")
                .width(64)
                .height(64)
                .steps(STEPS)
                .build();
    }

    private BufferedImage draw(ImageRequest.Builder request) {
        return engine.generate(request.build()).get(0).image();
    }

    @Test
    void one_region_over_everything_gives_the_plain_picture() {
        BufferedImage plain = draw(base.toBuilder());

        assertThat(difference(plain, draw(base.toBuilder().composition(LatentCouple.parse("1:1-0:0", "1")))))
                .isLessThanOrEqualTo(ROUNDING);
        assertThat(difference(plain, draw(base.toBuilder().composition(RegionGrid.even()))))
                .isLessThanOrEqualTo(ROUNDING);
        assertThat(difference(plain, draw(base.toBuilder().prompt("2girls AND 2girls :0"))))
                .isLessThanOrEqualTo(ROUNDING);
    }

    @Test
    void halves_of_one_prompt_give_the_plain_picture_and_of_two_prompts_another() {
        BufferedImage plain = draw(base.toBuilder());
        ImageRequest.Builder halves = base.toBuilder().composition(RegionGrid.parse("1,3"));

        assertThat(difference(plain, draw(halves.prompt("2girls ADDCOL 2girls"))))
                .isLessThanOrEqualTo(ROUNDING);
        assertThat(difference(plain, draw(halves.prompt("2girls ADDCOL a red cat"))))
                .isGreaterThan(ROUNDING);
    }

    @Test
    void a_base_is_mixed_into_the_regions_by_its_ratio() {
        RegionGrid halves = RegionGrid.even();
        ImageRequest.Builder request = base.toBuilder().composition(halves).prompt("2girls ADDCOL a red cat");
        BufferedImage withoutBase = draw(request);

        request.prompt("sky ADDBASE 2girls ADDCOL a red cat");
        assertThat(difference(withoutBase, draw(request))).isGreaterThan(ROUNDING);
        assertThat(difference(withoutBase, draw(request.composition(halves.withBaseRatio(0)))))
                .isLessThanOrEqualTo(ROUNDING);
        assertThat(difference(draw(base.toBuilder().prompt("sky")), draw(request.composition(halves.withBaseRatio(1)))))
                .isLessThanOrEqualTo(ROUNDING);
    }

    @Test
    void a_divided_negative_prompt_applies_by_regions() {
        BufferedImage plain = draw(base.toBuilder());
        ImageRequest.Builder halves =
                base.toBuilder().composition(RegionGrid.parse("1,3")).prompt("2girls ADDCOL 2girls");

        assertThat(difference(plain, draw(halves.negativePrompt("lowres ADDCOL lowres"))))
                .isLessThanOrEqualTo(ROUNDING);
        assertThat(difference(plain, draw(halves.negativePrompt("lowres ADDCOL a red cat"))))
                .isGreaterThan(ROUNDING);
    }

    @Test
    void a_bracket_that_is_never_closed_is_told_once() {
        List<String> warnings = new ArrayList<>();
        ImageListener listener = new ImageListener() {
            @Override
            public void stepFinished(ImageProgress progress) {}

            @Override
            public void warned(String message) {
                warnings.add(message);
            }
        };

        engine.generate(
                base.toBuilder()
                        .prompt("a (cat AND sky")
                        .negativePrompt("(b)")
                        .count(2)
                        .build(),
                listener);

        assertThat(warnings).singleElement().asString().contains("a (cat", "never closed");
    }

    @Test
    void syntax_is_text_in_a_plain_prompt_and_weights_in_the_web_uis() {
        BufferedImage plain = draw(base.toBuilder().promptSyntax(PromptSyntax.PLAIN));

        assertThat(difference(plain, draw(base.toBuilder().prompt("(2girls:1.0)"))))
                .isZero();
        assertThat(difference(plain, draw(base.toBuilder().prompt("a (2girls:1.9)"))))
                .isGreaterThan(ROUNDING);
        ImageRequest.Builder escaped = base.toBuilder().prompt("\\(2girls\\)");
        ImageRequest.Builder literal = base.toBuilder().prompt("(2girls)").promptSyntax(PromptSyntax.PLAIN);
        assertThat(difference(draw(escaped), draw(literal))).isZero();
    }

    @Test
    void prompts_of_several_chunks_are_drawn_against_a_short_negative_prompt() {
        assertThat(draw(base.toBuilder().prompt("cat ".repeat(100))).getWidth()).isEqualTo(64);
    }

    @Test
    void every_step_is_reported() {
        List<ImageProgress> progress = new ArrayList<>();

        List<GeneratedImage> images = engine.generate(base.toBuilder().count(5).build(), progress::add);

        assertThat(images).hasSize(5);
        assertThat(progress)
                .containsExactly(
                        new ImageProgress(4, 10),
                        new ImageProgress(8, 10),
                        new ImageProgress(9, 10),
                        new ImageProgress(10, 10));
    }

    @Test
    void what_the_listener_throws_cancels_and_the_engine_goes_on() {
        assertThatThrownBy(() -> engine.generate(base, progress -> {
                    throw new IllegalStateException("enough");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("enough");
        assertThat(engine.generate(base)).hasSize(1);
    }

    @Test
    void a_region_thinner_than_a_latent_is_rejected() {
        ImageRequest thin = base.toBuilder()
                .prompt("a")
                .composition(LatentCouple.parse("1:100-0:0", "1"))
                .build();

        assertThatThrownBy(() -> engine.generate(thin)).isInstanceOf(InvalidSettingException.class);
    }

    private static int difference(BufferedImage one, BufferedImage other) {
        int largest = 0;
        for (int y = 0; y < one.getHeight(); y++) {
            for (int x = 0; x < one.getWidth(); x++) {
                for (int shift = 0; shift <= 16; shift += 8) {
                    int a = one.getRGB(x, y) >> shift & 0xff;
                    int b = other.getRGB(x, y) >> shift & 0xff;
                    largest = Math.max(largest, Math.abs(a - b));
                }
            }
        }
        return largest;
    }
}
