package io.github.txt2lora.benchmarks.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.tuple;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraQuality.Recognition;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.benchmarks.judge.Look.Rates;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

    /** Fewer than for a picture to look at: details come last. */
    private static final int STEPS = 12;

    @TempDir
    static Path folder;

    private static Judge judge;
    private static ModelSource model;
    private static TrainingEngine engine;

    @BeforeAll
    static void load() throws IOException {
        judge = Judge.load();
        model = DemoCheckpoint.copyTo(folder);
        engine = TrainingEngine.open(EngineOptions.builder()
                .device(Device.parse(System.getProperty("txt2lora.device", "auto")))
                .threads(1)
                .build());
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @Test
    void images_of_a_described_character_show_her_look_and_others_do_not() {
        JudgedCharacter character = JudgedCharacter.all().get(0);
        Look look = Look.of(judge, character.look());

        assertThat(look.rates(drawn(character.described())).score()).isGreaterThan(0.9);
        assertThat(look.rates(drawn(JudgedCharacter.NEUTRAL)).score()).isLessThan(0.6);
    }

    @Test
    void a_look_is_what_a_prompt_names() {
        assertThat(Look.of(judge, "red dress,hair between eyes, white hair,ear fluff")
                        .wanted())
                .containsOnly(entry("clothes", "red dress"), entry("bangs", "True"), entry("hair color", "white hair"));
    }

    @Test
    void every_character_has_a_look_and_other_words_that_can_be_judged() {
        assertThat(JudgedCharacter.all()).allSatisfy(character -> {
            assertThat(Look.of(judge, character.look()).wanted()).hasSizeGreaterThanOrEqualTo(4);
            assertThat(character.otherWords())
                    .isNotEmpty()
                    .allSatisfy(
                            other -> assertThat(Look.of(judge, other).wanted()).hasSize(1));
        });
    }

    @Test
    void halves_of_an_image_show_the_looks_that_are_placed_there() {
        JudgedGroup.Couple couple = group("krnkmd-tyankmk").couples().get(0);
        for (Placement placement : Placement.all()) {
            String prompt =
                    placement.prompt(couple.left().described(), couple.right().described());
            List<BufferedImage> images = images(ImageRequest.builder()
                    .prompt(prompt)
                    .composition(placement.composition())
                    .width(2 * Judge.SIDE)
                    .count(4));

            assertThat(score(couple.left(), images, 0)).as(prompt).isGreaterThan(0.8);
            assertThat(score(couple.right(), images, Judge.SIDE)).as(prompt).isGreaterThan(0.8);
            assertThat(score(couple.left(), images, Judge.SIDE)).as(prompt).isLessThan(0.7);
        }
    }

    @Test
    void a_group_bears_the_words_of_its_characters() {
        assertThat(JudgedGroup.all()).extracting(JudgedGroup::name).doesNotHaveDuplicates();
        assertThat(group("krnkmd").couples()).isEmpty();
        assertThat(group("krnkmd-tyankmk-vrdrss-mzhrsl").couples())
                .extracting(
                        couple -> couple.left().word(), couple -> couple.right().word())
                .containsExactly(tuple("krnkmd", "tyankmk"), tuple("tyankmk", "vrdrss"), tuple("vrdrss", "mzhrsl"));
    }

    @Test
    void the_base_model_recognizes_a_described_character_and_not_a_word_that_it_does_not_know() {
        JudgedCharacter character = JudgedCharacter.named("vrdrss");
        PromptPair unknown = character.pair();
        PromptPair described = PromptPair.enhance(character.described())
                .positive(character.look())
                .neutral(JudgedCharacter.NEUTRAL)
                .resolution(Judge.SIDE)
                .build();

        List<Recognition> recognitions = engine.train(untrained(unknown, described))
                .quality()
                .orElseThrow()
                .recognitions();

        assertThat(recognitions)
                .extracting(Recognition::target)
                .containsExactly(character.word(), character.described());
        assertThat(recognitions.get(0).share()).isLessThan(0.3);
        assertThat(recognitions.get(1).share()).isGreaterThan(0.8);
    }

    /** One step, too small to change anything. */
    private static LoraTraining untrained(PromptPair... pairs) {
        return LoraTraining.builder()
                .name("untrained")
                .model(model)
                .prompts(List.of(pairs))
                .spec(TrainingSpec.builder()
                        .method(method ->
                                method.withLatents(LatentSource.noise()).withPreservation(Preservation.drawn()))
                        .iterations(1)
                        .learningRate(1e-12)
                        .stopping(stopping -> stopping.withRecognitionImages(8))
                        .build())
                .output(folder)
                .build();
    }

    private static JudgedGroup group(String name) {
        return JudgedGroup.all().stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static double score(JudgedCharacter character, List<BufferedImage> images, int left) {
        return Look.of(judge, character.look())
                .rates(images.stream()
                        .map(image -> judge.attributes(image, left))
                        .toList())
                .score();
    }

    @Test
    void rates_are_shares_of_images() {
        Look look = new Look(Map.of("eyes", "red eyes", "hair", "twintails"));

        Rates rates = look.rates(List.of(
                Map.of("eyes", "red eyes", "hair", "short hair"), Map.of("eyes", "red eyes", "hair", "twintails")));

        assertThat(rates.byAttribute()).containsOnly(entry("eyes", 1.0), entry("hair", 0.5));
        assertThat(rates.score()).isEqualTo(0.75);
        assertThat(rates.dividedBy(new Rates(Map.of("eyes", 0.5, "hair", 0.0))).byAttribute())
                .containsOnly(entry("eyes", 2.0), entry("hair", 1.0));
        assertThat(rates.lowest()).isEqualTo(entry("hair", 0.5));
    }

    private static List<Map<String, String>> drawn(String prompt) {
        return images(ImageRequest.builder().prompt(prompt).width(Judge.SIDE).count(8)).stream()
                .map(image -> judge.attributes(image, 0))
                .toList();
    }

    private static List<BufferedImage> images(ImageRequest.Builder request) {
        request.model(model).height(Judge.SIDE).steps(STEPS).guidanceScale(5);
        return engine.generate(request.build()).stream()
                .map(GeneratedImage::image)
                .toList();
    }
}
