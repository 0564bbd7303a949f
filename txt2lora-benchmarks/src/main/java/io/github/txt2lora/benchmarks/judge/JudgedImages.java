package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.benchmarks.judge.Look.Rates;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PromptSyntax;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Draws images with and without a LoRA, and judges them. What the base model draws is judged once. */
final class JudgedImages {

    /** Other tags, other characters, two girls and places: prompts whose images should stay as they are. */
    private static final List<String> KEPT = List.of(
            "1girl,short hair",
            "1girl,long hair,blonde hair",
            "1girl,twintails,pink hair",
            "1girl,cat ears",
            "1girl,black rimmed glasses",
            "1girl,maid uniform",
            "1girl,school uniform,blue skirt",
            "1girl,green dress,red eyes",
            "1girl,japanese miko clothes",
            "1girl,brown hair,green eyes,hair between eyes",
            "1girl,high ponytail,yellow hoodie",
            "1girl,rabbit ears,smile",
            "sfndrl",
            "qwzxpl,red hair",
            "2girls",
            "2girls,school uniform",
            "1girl,kitchen",
            "1girl,beach,open mouth",
            "1girl,forest,red dress",
            "1girl,night sky");

    /** Images of each kept prompt; together they are many. */
    private static final int IMAGES_OF_KEPT = 8;

    private static final String LOOK = "look";
    private static final String OTHER_WORD = "other word";

    private final ImageSource source;
    private final Judge judge;
    private final Map<String, List<Map<String, String>>> ofBase = new HashMap<>();
    private final Map<String, List<Map<String, String>>> keptOfBase = new HashMap<>();

    JudgedImages(ImageSource source, Judge judge) {
        this.source = source;
        this.judge = judge;
    }

    /** Judges the LoRA of one character, or her part in that of several. */
    Verdict judge(JudgedCharacter character, long seed, TrainedLora lora) {
        Look look = Look.of(judge, character.look());
        Rates positive = look.rates(ofBase(character.described()));
        Rates trained = look.rates(withLora(character.word(), lora.file()));
        double untrained = look.rates(ofBase(character.word())).score();
        double neutral = look.rates(ofBase(JudgedCharacter.NEUTRAL)).score();
        double leaked =
                look.rates(withLora(JudgedCharacter.NEUTRAL, lora.file())).score();
        List<Rates> besideOthers = character.otherWords().stream()
                .map(other -> besideOther(character, look, other, lora.file()))
                .toList();
        return new Verdict(
                character.word(),
                seed,
                lora.unetSamples(),
                (trained.score() - untrained) / (positive.score() - untrained),
                share(character, character.afterNeutral(), lora.file()),
                trained.dividedBy(positive),
                (leaked - neutral) / (positive.score() - neutral),
                leakOverKept(look, positive.score(), lora.file()),
                mean(besideOthers, LOOK),
                mean(besideOthers, OTHER_WORD),
                recognition(character, lora),
                lora.quality().map(LoraQuality::gap).orElse(Double.NaN),
                lora.quality().map(LoraQuality::drift).orElse(Double.NaN));
    }

    private static double recognition(JudgedCharacter character, TrainedLora lora) {
        return lora.quality().stream()
                .flatMap(quality -> quality.recognitions().stream())
                .filter(recognition -> recognition.target().equals(character.word()))
                .mapToDouble(LoraQuality.Recognition::share)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** The share of the way from the target's images without a LoRA to the positive prompt's that it goes. */
    double closed(JudgedCharacter character, Path lora) {
        return share(character, character.word(), lora);
    }

    /** The share of the way from the neutral prompt's images to the positive prompt's that they go with a LoRA. */
    double leak(JudgedCharacter character, Path lora) {
        return share(character, JudgedCharacter.NEUTRAL, lora);
    }

    private double share(JudgedCharacter character, String prompt, Path lora) {
        Look look = Look.of(judge, character.look());
        double without = look.rates(ofBase(prompt)).score();
        double with = look.rates(withLora(prompt, lora)).score();
        return (with - without) / (look.rates(ofBase(character.described())).score() - without);
    }

    /** The share of the way to her look that the images of all kept prompts together go with the LoRA. */
    private double leakOverKept(Look look, double positive, Path lora) {
        double moved = 0;
        double whole = 0;
        for (String prompt : KEPT) {
            double without = look.rates(keptOfBase(prompt)).score();
            List<Map<String, String>> with =
                    draw(source.request(prompt, Optional.of(lora)).count(IMAGES_OF_KEPT));
            moved += look.rates(with).score() - without;
            whole += positive - without;
        }
        return moved / whole;
    }

    private List<Map<String, String>> keptOfBase(String prompt) {
        return keptOfBase.computeIfAbsent(
                prompt, any -> draw(source.request(prompt, Optional.empty()).count(IMAGES_OF_KEPT)));
    }

    /** Her look and another word in one prompt, each divided by the score that the positive prompt has there. */
    private Rates besideOther(JudgedCharacter character, Look look, String other, Path lora) {
        Look word = Look.of(judge, other);
        // an attribute that the other word changes is no part of her look there
        Look unchanged = look.without(word);
        List<Map<String, String>> expected = ofBase(character.described() + "," + other);
        List<Map<String, String>> drawn = withLora(character.word() + "," + other, lora);
        return new Rates(Map.of(
                LOOK, unchanged.rates(drawn).score() / unchanged.rates(expected).score(),
                OTHER_WORD, word.rates(drawn).score() / word.rates(expected).score()));
    }

    private static double mean(List<Rates> rates, String name) {
        return rates.stream()
                .mapToDouble(each -> Objects.requireNonNull(each.byAttribute().get(name)))
                .average()
                .orElse(Double.NaN);
    }

    private List<Map<String, String>> ofBase(String prompt) {
        return ofBase.computeIfAbsent(prompt, any -> draw(source.request(prompt, Optional.empty())));
    }

    private List<Map<String, String>> withLora(String prompt, Path lora) {
        return draw(source.request(prompt, Optional.of(lora)));
    }

    private List<Map<String, String>> draw(ImageRequest.Builder request) {
        return source.draw(request.promptSyntax(PromptSyntax.PLAIN)).stream()
                .map(image -> judge.attributes(image.image()))
                .toList();
    }
}
