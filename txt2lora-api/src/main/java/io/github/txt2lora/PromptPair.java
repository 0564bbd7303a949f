package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.PairInWords;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One lesson for the LoRA, from prompts alone (LECO). With the LoRA, the model's noise prediction for {@code target} is
 * trained towards, in mean squared error,
 *
 * <pre>
 * enhance: eps(neutral) + guidanceScale * (eps(positive) - eps(unconditional))
 * erase:   eps(neutral) - guidanceScale * (eps(positive) - eps(unconditional))
 * </pre>
 *
 * where {@code eps} is the prediction of the base model, without the LoRA. Create a pair with {@link #enhance},
 * {@link #erase} or {@link #preserve}; the defaults are those of LECO's prompt files.
 *
 * @param target prompt that gets a new meaning; blank in a pair that {@linkplain #preserves() preserves} or is made
 *     {@link #everywhere}
 * @param positive prompt whose meaning is added or erased; by default the target
 * @param unconditional prompt that the positive is compared with; empty by default
 * @param neutral prompt that the meaning is added to or erased from; by default the unconditional
 * @param action the direction
 * @param guidanceScale strength of the change, finite, 1 by default
 * @param height height of the training images in pixels, a positive multiple of 8, 512 by default; the latents have the
 *     shape {@code (batchSize, 4, height/8, width/8)}
 * @param width width of the training images in pixels, a positive multiple of 8, 512 by default
 * @param batchSize noisy images in one iteration, 1 or more, 1 by default
 * @param dynamicResolution whether each iteration samples its own height and width: multiples of 64 from half the
 *     resolution up to, but not including, the resolution; only for square images
 * @param dynamicCrops whether each iteration samples SDXL's size conditioning: an original size of one to three times
 *     the image, and the position of the crop. Otherwise the conditioning says that the image is not cropped. No effect
 *     on other families.
 * @param multiplier strength of the LoRA while this pair is trained, finite and not 0, 1 by default. A LoRA with pairs
 *     at 1 and at -1 is a slider, whose weight in an image turns what they teach up and down. Prompts that an iteration
 *     of this pair preserves are compared at this strength too.
 * @param weight factor on the loss of this pair, greater than 0, 1 by default
 * @param pictures up to 10 pictures that say what the words of {@code positive} leave open, such as a color or the cut of
 *     a garment; none by default. With pictures, {@code eps(positive)} above is the base model's prediction for the
 *     positive prompt and what the pictures add to its words. See docs/pictures.md.
 * @param pictureWeight how far the pictures change what the words say, greater than 0, 1 by default; 0.5 goes half the
 *     way
 */
public record PromptPair(
        String target,
        String positive,
        String unconditional,
        String neutral,
        PromptAction action,
        double guidanceScale,
        int height,
        int width,
        int batchSize,
        boolean dynamicResolution,
        boolean dynamicCrops,
        double multiplier,
        double weight,
        List<HintPicture> pictures,
        double pictureWeight) {

    /** More pictures than a hint are a data set, for which other trainers are made. */
    private static final int MOST_PICTURES = 10;

    /** The smallest resolution with a choice of sides: {@value} pixels, so that half of it is still 64. */
    private static final int MIN_DYNAMIC_RESOLUTION = 128;

    private static final Pattern WHITESPACE = Pattern.compile("\\s++");

    /**
     * Checks every component; {@link #enhance}, {@link #erase} and {@link #preserve} read better.
     *
     * @throws InvalidSettingException if a component is outside its range, {@code dynamicResolution} is set with a
     *     resolution below 128 or with images that are not square, or there are pictures and the positive prompt is not
     *     added to the goal
     */
    public PromptPair {
        Check.given("target", target);
        Check.given("positive", positive);
        Check.given("unconditional", unconditional);
        Check.given("neutral", neutral);
        Check.given("action", action);
        Check.finite("guidanceScale", guidanceScale);
        Check.pictureSide(height == width ? "resolution" : "height", height);
        Check.pictureSide("width", width);
        Check.atLeast("batchSize", batchSize, 1);
        Check.notZero("multiplier", multiplier);
        Check.positive("weight", weight);
        pictures = List.copyOf(Check.given("pictures", pictures));
        Check.positive("pictureWeight", pictureWeight);
        requireUse(pictures, action, guidanceScale);
        if (dynamicResolution && height != width) {
            throw new InvalidSettingException("dynamicResolution is on and the images have " + width + "x" + height
                    + " pixels; expected square images, or dynamicResolution off");
        }
        if (dynamicResolution && height < MIN_DYNAMIC_RESOLUTION) {
            throw new InvalidSettingException("dynamicResolution is on and resolution is " + height
                    + "; expected a resolution of " + MIN_DYNAMIC_RESOLUTION + " or more, because sides are drawn as"
                    + " multiples of 64 from half the resolution up, or dynamicResolution off");
        }
        if (target.isBlank()
                && positive.isBlank()
                && unconditional.isBlank()
                && (action == PromptAction.ERASE
                        || !pictures.isEmpty()
                        || !keepsBaseMeaning(target, positive, unconditional, neutral, action, guidanceScale))) {
            throw blankTarget(target);
        }
    }

    private static void requireUse(List<HintPicture> pictures, PromptAction action, double guidanceScale) {
        if (pictures.isEmpty()) {
            return;
        }
        if (pictures.size() > MOST_PICTURES) {
            throw new InvalidSettingException(
                    "pictures are " + pictures.size() + " files; expected at most " + MOST_PICTURES);
        }
        if (action == PromptAction.ERASE) {
            throw InvalidSettingException.of("action", action, "ENHANCE, since pictures add to what the words teach");
        }
        if (!(guidanceScale > 0)) {
            throw InvalidSettingException.of(
                    "guidanceScale", guidanceScale, "a number greater than 0, without which pictures teach nothing");
        }
    }

    /**
     * Starts a pair that adds the meaning of other words to the target.
     *
     * @throws InvalidSettingException if the target is blank
     */
    public static Builder enhance(String target) {
        return new Builder(visible(target), PromptAction.ENHANCE, false);
    }

    /**
     * Starts a pair that erases the meaning of other words, by default its own, from the target.
     *
     * @throws InvalidSettingException if the target is blank
     */
    public static Builder erase(String target) {
        return new Builder(visible(target), PromptAction.ERASE, false);
    }

    /**
     * Starts a pair that preserves the meaning of a prompt: its goal is the base model's own prediction. Such pairs,
     * trained along with others, keep a LoRA from leaking into other prompts.
     *
     * @param prompt prompt to preserve; empty preserves the images drawn without a prompt
     */
    public static Builder preserve(String prompt) {
        return new Builder(Check.given("target", prompt), PromptAction.ENHANCE, false)
                .positive(prompt)
                .unconditional("")
                .neutral("");
    }

    /**
     * Starts a pair whose target is the empty prompt, so that the LoRA acts whatever the prompt says, as sliders do. Name
     * the {@link Builder#positive} or the {@link Builder#unconditional}.
     *
     * @param action the direction
     */
    public static Builder everywhere(PromptAction action) {
        return new Builder("", Check.given("action", action), true);
    }

    /** Whether the goal of this pair is the base model's own prediction for the target. */
    public boolean preserves() {
        return pictures.isEmpty() && keepsBaseMeaning(target, positive, unconditional, neutral, action, guidanceScale);
    }

    /**
     * The factor of {@code positive - unconditional} in the goal: the guidance scale, with the opposite sign for
     * {@link PromptAction#ERASE}.
     */
    public double signedGuidance() {
        return signed(guidanceScale, action);
    }

    private static double signed(double guidanceScale, PromptAction action) {
        return action == PromptAction.ENHANCE ? guidanceScale : -guidanceScale;
    }

    /** The longer side of the training images in pixels: of square ones, height and width. */
    public int resolution() {
        return Math.max(height, width);
    }

    /** This pair on one line in plain words, such as {@code krnkmd learns: short hair, maid}. */
    public String inWords() {
        return new PairInWords(this).text();
    }

    /** A builder that holds the values of this pair. */
    public Builder toBuilder() {
        return new Builder(target, action, target.isBlank() && !preserves())
                .positive(positive)
                .unconditional(unconditional)
                .neutral(neutral)
                .guidanceScale(guidanceScale)
                .resolution(height, width)
                .batchSize(batchSize)
                .dynamicResolution(dynamicResolution)
                .dynamicCrops(dynamicCrops)
                .multiplier(multiplier)
                .weight(weight)
                .pictures(pictures)
                .pictureWeight(pictureWeight);
    }

    private static String visible(String target) {
        if (Check.given("target", target).isBlank()) {
            throw InvalidSettingException.of("target", target, "the words that get a new meaning");
        }
        return target;
    }

    private static InvalidSettingException blankTarget(String target) {
        return InvalidSettingException.of(
                "target",
                target,
                "the words that get a new meaning (only PromptPair.preserve and PromptPair.everywhere take none)");
    }

    private static boolean keepsBaseMeaning(
            String target,
            String positive,
            String unconditional,
            String neutral,
            PromptAction action,
            double guidanceScale) {
        double scale = signed(guidanceScale, action);
        Map<String, Double> change = new HashMap<>();
        // those first that cancel each other exactly
        change.merge(asRead(positive), scale, Double::sum);
        change.merge(asRead(unconditional), -scale, Double::sum);
        change.merge(asRead(neutral), 1.0, Double::sum);
        change.merge(asRead(target), -1.0, Double::sum);
        return change.values().stream().allMatch(factor -> factor == 0);
    }

    /** Case and the kind of whitespace make no difference to the tokenizer. */
    private static String asRead(String prompt) {
        return WHITESPACE.matcher(prompt.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
    }

    /** Collects the values of a {@link PromptPair}; each call replaces what an earlier one set. */
    public static final class Builder {

        private final String target;
        private final PromptAction action;
        private final boolean isEverywhere;
        private @Nullable String positive;
        private @Nullable String unconditional;
        private @Nullable String neutral;
        private double guidanceScale = 1.0;
        private int height = 512;
        private int width = 512;
        private int batchSize = 1;
        private boolean dynamicResolution;
        private boolean dynamicCrops;
        private double multiplier = 1.0;
        private double weight = 1.0;
        private final List<HintPicture> pictures = new ArrayList<>();
        private double pictureWeight = 1.0;

        private Builder(String target, PromptAction action, boolean isEverywhere) {
            this.target = target;
            this.action = action;
            this.isEverywhere = isEverywhere;
        }

        /** The prompt whose meaning is added or erased; by default the target. */
        public Builder positive(String positive) {
            this.positive = Check.given("positive", positive);
            return this;
        }

        /** The prompt that the positive is compared with; empty by default. */
        public Builder unconditional(String unconditional) {
            this.unconditional = Check.given("unconditional", unconditional);
            return this;
        }

        /** The prompt that the meaning is added to or erased from; by default the unconditional. */
        public Builder neutral(String neutral) {
            this.neutral = Check.given("neutral", neutral);
            return this;
        }

        /**
         * The strength of the change; 1 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder guidanceScale(double guidanceScale) {
            this.guidanceScale = Check.finite("guidanceScale", guidanceScale);
            return this;
        }

        /**
         * Width and height of the training images in pixels; 512 by default.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder resolution(int resolution) {
            this.height = Check.pictureSide("resolution", resolution);
            this.width = resolution;
            return this;
        }

        /**
         * Height and width of the training images in pixels; 512 each by default.
         *
         * @throws InvalidSettingException if one of them is not a positive multiple of 8
         */
        public Builder resolution(int height, int width) {
            this.height = Check.pictureSide("height", height);
            this.width = Check.pictureSide("width", width);
            return this;
        }

        /**
         * Noisy images in one iteration; 1 by default.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder batchSize(int batchSize) {
            this.batchSize = Check.atLeast("batchSize", batchSize, 1);
            return this;
        }

        /**
         * Whether each iteration samples its own height and width; off by default. Requires square images of a
         * resolution of 128 or more.
         */
        public Builder dynamicResolution(boolean dynamicResolution) {
            this.dynamicResolution = dynamicResolution;
            return this;
        }

        /**
         * Whether each iteration samples the original size and crop of SDXL's size conditioning; off by default. No
         * effect on other families.
         */
        public Builder dynamicCrops(boolean dynamicCrops) {
            this.dynamicCrops = dynamicCrops;
            return this;
        }

        /**
         * The strength of the LoRA while this pair is trained; 1 by default. A negative one trains what the LoRA does at a
         * negative weight.
         *
         * @throws InvalidSettingException if it is 0 or not finite
         */
        public Builder multiplier(double multiplier) {
            this.multiplier = Check.notZero("multiplier", multiplier);
            return this;
        }

        /**
         * A factor on the loss of this pair; 1 by default.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder weight(double weight) {
            this.weight = Check.positive("weight", weight);
            return this;
        }

        /**
         * Adds a picture of what is taught, a PNG, JPEG or WebP file. What the words name comes from the words, what they
         * leave open from the pictures. The file is read when the training begins.
         */
        public Builder picture(Path file) {
            return picture(file, "");
        }

        /** Adds a picture; see {@link HintPicture} for the caption. */
        public Builder picture(Path file, String caption) {
            pictures.add(new HintPicture(file, caption));
            return this;
        }

        /** The pictures, in place of all that were added before; none by default, at most 10. */
        public Builder pictures(List<HintPicture> pictures) {
            List<HintPicture> given = List.copyOf(Check.given("pictures", pictures));
            this.pictures.clear();
            this.pictures.addAll(given);
            return this;
        }

        /**
         * How far the pictures change what the words say; 1 by default.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder pictureWeight(double pictureWeight) {
            this.pictureWeight = Check.positive("pictureWeight", pictureWeight);
            return this;
        }

        /**
         * Makes the pair.
         *
         * @throws InvalidSettingException if {@code dynamicResolution} is on with a resolution below 128 or images that
         *     are not square, an empty prompt to preserve gets a new meaning, a pair that acts everywhere names nothing, or
         *     there are more than 10 pictures, or some where the positive prompt is not added
         */
        public PromptPair build() {
            String base = unconditional == null ? "" : unconditional;
            var pair = new PromptPair(
                    target,
                    positive == null ? target : positive,
                    base,
                    neutral == null ? base : neutral,
                    action,
                    guidanceScale,
                    height,
                    width,
                    batchSize,
                    dynamicResolution,
                    dynamicCrops,
                    multiplier,
                    weight,
                    pictures,
                    pictureWeight);
            if (target.isBlank() && !isEverywhere && !pair.preserves()) {
                throw blankTarget(target);
            }
            return pair;
        }
    }
}
