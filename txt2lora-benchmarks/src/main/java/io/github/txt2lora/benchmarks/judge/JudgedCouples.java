package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.benchmarks.judge.Look.Rates;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageRequest;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges two characters of one LoRA in one image of 192x96 pixels, each by her half of it. What the positive prompts
 * draw in their places is judged once.
 */
final class JudgedCouples {

    private final ImageSource source;
    private final Judge judge;
    private final Map<String, List<BufferedImage>> ofBase = new HashMap<>();

    JudgedCouples(ImageSource source, Judge judge) {
        this.source = source;
        this.judge = judge;
    }

    /** A verdict for each half in each placement. */
    List<HalfVerdict> judge(JudgedGroup.Couple couple, long seed, TrainedLora lora) {
        List<HalfVerdict> verdicts = new ArrayList<>();
        for (Placement placement : Placement.all()) {
            List<BufferedImage> expected = ofBase.computeIfAbsent(
                    placement.prompt(couple.left().described(), couple.right().described()),
                    prompt -> draw(placement, prompt, Optional.empty()));
            List<BufferedImage> drawn = draw(
                    placement,
                    placement.prompt(
                            couple.left().afterNeutral(), couple.right().afterNeutral()),
                    Optional.of(lora.file()));
            verdicts.add(half(0, couple.left(), expected, drawn).verdict(placement, seed));
            verdicts.add(half(Judge.SIDE, couple.right(), expected, drawn).verdict(placement, seed));
        }
        return verdicts;
    }

    /**
     * A half of all images.
     *
     * @param positive rates with the positive prompts
     * @param trained rates with the LoRA
     */
    private record Half(JudgedCharacter character, Rates positive, Rates trained) {

        HalfVerdict verdict(Placement placement, long seed) {
            return new HalfVerdict(
                    placement.name(),
                    character.word(),
                    seed,
                    positive.score(),
                    trained.score() / positive.score(),
                    trained.dividedBy(positive));
        }
    }

    private Half half(int edge, JudgedCharacter character, List<BufferedImage> expected, List<BufferedImage> drawn) {
        Look look = Look.of(judge, character.look());
        return new Half(character, rates(look, expected, edge), rates(look, drawn, edge));
    }

    private Rates rates(Look look, List<BufferedImage> images, int edge) {
        return look.rates(
                images.stream().map(image -> judge.attributes(image, edge)).toList());
    }

    private List<BufferedImage> draw(Placement placement, String prompt, Optional<Path> lora) {
        ImageRequest.Builder request = source.request(prompt, lora)
                .composition(placement.composition())
                .width(2 * Judge.SIDE);
        return source.draw(request).stream().map(GeneratedImage::image).toList();
    }
}
