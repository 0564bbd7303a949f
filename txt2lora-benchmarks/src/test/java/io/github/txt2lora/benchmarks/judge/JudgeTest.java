package io.github.txt2lora.benchmarks.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.benchmarks.judge.Look.Rates;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgeTest {

    private static Judge judge;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        judge = Judge.load();
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

    private List<Map<String, String>> drawn(String prompt) {
        ModelSource model = DemoCheckpoint.copyTo(folder);
        try (TrainingEngine engine =
                TrainingEngine.open(EngineOptions.builder().threads(1).build())) {
            ImageRequest request = ImageRequest.builder()
                    .model(model)
                    .prompt(prompt)
                    .width(Judge.SIDE)
                    .height(Judge.SIDE)
                    .steps(20)
                    .guidanceScale(5)
                    .count(8)
                    .build();
            return engine.generate(request).stream()
                    .map(image -> judge.attributes(image.image(), 0))
                    .toList();
        }
    }
}
