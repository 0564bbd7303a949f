package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A LoRA whose weight turns an attribute: at -1 the target shows one, at 1 the other. {@link #pairs} are the prompt
 * pairs that train it.
 *
 * <pre>{@code
 * Slider.between("short hair", "long hair").of("1girl").keeping("2girls").withResolution(96).pairs()
 * }</pre>
 *
 * @param low words that the target shows at weight -1
 * @param high words that the target shows at weight 1
 * @param target prompt that the slider acts on; blank, the default, for the empty prompt
 * @param kept prompts that no weight changes; none by default
 * @param resolution height and width of the training images in pixels, a positive multiple of 8, 512 by default
 */
public record Slider(String low, String high, String target, List<String> kept, int resolution) {

    /**
     * Checks every component; {@link #between} reads better.
     *
     * @throws InvalidSettingException if an end is blank, both ends are equal, a kept prompt is the target, or the
     *     resolution is not a positive multiple of 8
     */
    public Slider {
        end("low", low);
        end("high", high);
        Check.given("target", target);
        kept = List.copyOf(Check.given("kept", kept));
        Check.pictureSide("resolution", resolution);
        if (asRead(low).equals(asRead(high))) {
            throw InvalidSettingException.of("high", high, "other words than those of the low end");
        }
        for (String prompt : kept) {
            if (asRead(prompt).equals(asRead(target))) {
                throw InvalidSettingException.of("kept", prompt, "prompts other than the slider's target");
            }
        }
    }

    /**
     * A slider between two attributes.
     *
     * @param low words that the target shows at weight -1
     * @param high words that the target shows at weight 1
     * @throws InvalidSettingException if one is blank, or both are equal
     */
    public static Slider between(String low, String high) {
        return new Slider(low, high, "", List.of(), 512);
    }

    /**
     * The same slider, acting on a prompt.
     *
     * @throws InvalidSettingException if the prompt is among those kept
     */
    public Slider of(String target) {
        return new Slider(low, high, target, kept, resolution);
    }

    /**
     * The same slider with these prompts kept, instead of earlier ones.
     *
     * @throws InvalidSettingException if one of them is the target
     */
    public Slider keeping(String... prompts) {
        return new Slider(low, high, target, List.of(prompts), resolution);
    }

    /**
     * The same slider, trained on images of this height and width.
     *
     * @throws InvalidSettingException if it is not a positive multiple of 8
     */
    public Slider withResolution(int resolution) {
        return new Slider(low, high, target, kept, resolution);
    }

    /**
     * The pairs to train in one LoRA: the target learns the high end at strength 1 and the low end at strength -1, and
     * each kept prompt is preserved.
     */
    public List<PromptPair> pairs() {
        List<PromptPair> pairs = new ArrayList<>();
        pairs.add(towards(high, 1));
        pairs.add(towards(low, -1));
        for (String prompt : kept) {
            pairs.add(PromptPair.preserve(prompt).resolution(resolution).build());
        }
        return List.copyOf(pairs);
    }

    /** The goal is the base model's prediction for the target with the words of this end. */
    private PromptPair towards(String end, double multiplier) {
        PromptPair.Builder pair =
                target.isBlank() ? PromptPair.everywhere(PromptAction.ENHANCE) : PromptPair.enhance(target);
        return pair.positive(target.isBlank() ? end : target + "," + end)
                .unconditional(target)
                .resolution(resolution)
                .multiplier(multiplier)
                .build();
    }

    private static void end(String name, String words) {
        if (Check.given(name, words).isBlank()) {
            throw InvalidSettingException.of(name, words, "the words of one end of the slider");
        }
    }

    private static String asRead(String words) {
        return words.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
    }
}
