package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A LoRA whose weight turns an attribute: at -1 the target shows one, at 1 the other. {@link #pairs} are the prompt
 * pairs that train it, those of concept sliders (Gandikota et al., "Concept Sliders", arXiv 2311.12092): at strength 1,
 *
 * <pre>
 * eps(target) + guidanceScale * (eps(target, high) - eps(target, low))
 * </pre>
 *
 * and at strength -1 the same with the ends exchanged. What naming an attribute changes besides, whichever it is, is in
 * both and cancels.
 *
 * <pre>{@code
 * Slider.between("short hair", "long hair").of("1girl").keeping("2girls").withResolution(96).pairs()
 * }</pre>
 *
 * @param low words that the target shows at weight -1
 * @param high words that the target shows at weight 1
 * @param target prompt that the slider acts on; blank, the default, for the empty prompt
 * @param kept prompts that no weight changes; none by default
 * @param guidanceScale strength of the change, greater than 0, {@value #DEFAULT_GUIDANCE_SCALE} by default: more shows
 *     the ends more surely, and moves other attributes more
 * @param resolution height and width of the training images in pixels, a positive multiple of 8, 512 by default
 */
public record Slider(String low, String high, String target, List<String> kept, double guidanceScale, int resolution) {

    private static final double DEFAULT_GUIDANCE_SCALE = 0.75;

    /**
     * Checks every component; {@link #between} reads better.
     *
     * @throws InvalidSettingException if an end is blank, both ends are equal, a kept prompt is the target, the
     *     guidance scale is not greater than 0, or the resolution is not a positive multiple of 8
     */
    public Slider {
        end("low", low);
        end("high", high);
        Check.given("target", target);
        kept = List.copyOf(Check.given("kept", kept));
        Check.positive("guidanceScale", guidanceScale);
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
        return new Slider(low, high, "", List.of(), DEFAULT_GUIDANCE_SCALE, 512);
    }

    /**
     * The same slider, acting on a prompt.
     *
     * @throws InvalidSettingException if the prompt is among those kept
     */
    public Slider of(String target) {
        return new Slider(low, high, target, kept, guidanceScale, resolution);
    }

    /**
     * The same slider with these prompts kept, instead of earlier ones.
     *
     * @throws InvalidSettingException if one of them is the target
     */
    public Slider keeping(String... prompts) {
        return new Slider(low, high, target, List.of(prompts), guidanceScale, resolution);
    }

    /**
     * The same slider with a stronger or weaker change.
     *
     * @throws InvalidSettingException if it is not greater than 0
     */
    public Slider withGuidanceScale(double guidanceScale) {
        return new Slider(low, high, target, kept, guidanceScale, resolution);
    }

    /**
     * The same slider, trained on images of this height and width.
     *
     * @throws InvalidSettingException if it is not a positive multiple of 8
     */
    public Slider withResolution(int resolution) {
        return new Slider(low, high, target, kept, guidanceScale, resolution);
    }

    /**
     * The pairs to train in one LoRA: the target learns the high end at strength 1 and the low end at strength -1, and
     * each kept prompt is preserved.
     */
    public List<PromptPair> pairs() {
        List<PromptPair> pairs = new ArrayList<>();
        pairs.add(pair(high, low).build());
        pairs.add(pair(low, high).multiplier(-1).build());
        for (String prompt : kept) {
            pairs.add(PromptPair.preserve(prompt).resolution(resolution).build());
        }
        return List.copyOf(pairs);
    }

    private PromptPair.Builder pair(String towards, String away) {
        PromptPair.Builder pair =
                target.isBlank() ? PromptPair.everywhere(PromptAction.ENHANCE) : PromptPair.enhance(target);
        return pair.positive(with(towards))
                .unconditional(with(away))
                .neutral(target)
                .guidanceScale(guidanceScale)
                .resolution(resolution);
    }

    private String with(String words) {
        return target.isBlank() ? words : target + "," + words;
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
