package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.internal.Check;
import java.util.List;
import java.util.OptionalInt;

/**
 * The preview of a LoRA: images of every prompt at every place, without and with the LoRA, from the same noise.
 *
 * @param enabled whether they are drawn, true by default
 * @param prompts prompts to draw; empty, the default, for the targets that get a new meaning
 * @param places words to draw each prompt with, as columns; empty for the prompts alone; by default shopping mall,
 *     kitchen and shinto shrine
 * @param negativePrompt content to avoid, empty by default
 * @param seeds the seeds of the first noise, at least one, by default 1
 * @param width in pixels, a multiple of 8; by default the resolution of the first prompt
 * @param height in pixels, a multiple of 8; by default the resolution of the first prompt
 * @param steps denoising steps, 1 to 1000, 20 by default
 * @param guidanceScale classifier-free guidance scale, 7.5 by default
 * @param scheduler {@link SchedulerType#DDIM} by default
 * @param loraWeight weight of the LoRA, 1 by default
 * @param everyIterations iterations between two previews that the training draws on its way, 0 or more; 0, the default,
 *     draws none. See {@link #whileTraining}
 * @param mostShare the most of the training's time that may go into those, greater than 0, at most 1; 0.1 by default
 */
public record PreviewSettings(
        boolean enabled,
        List<String> prompts,
        List<String> places,
        String negativePrompt,
        List<Long> seeds,
        OptionalInt width,
        OptionalInt height,
        int steps,
        double guidanceScale,
        SchedulerType scheduler,
        double loraWeight,
        int everyIterations,
        double mostShare) {

    /** The most prompts of a preview while it trains; a few show how the training goes. */
    public static final int MOST_ON_THE_WAY = 4;

    /** More images take hours and make no overview. */
    private static final int MOST_PICTURES = 1000;

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range, or there are more than 1000 images
     */
    public PreviewSettings {
        prompts = List.copyOf(Check.given("preview_prompts", prompts));
        places = List.copyOf(Check.given("preview_places", places));
        Check.given("preview_negative_prompt", negativePrompt);
        seeds = List.copyOf(Check.given("preview_seeds", seeds));
        if (seeds.isEmpty()) {
            throw new InvalidSettingException("preview_seeds is empty; expected at least one number");
        }
        width.ifPresent(pixels -> Check.pictureSide("preview_width", pixels));
        height.ifPresent(pixels -> Check.pictureSide("preview_height", pixels));
        Check.between("preview_steps", steps, 1, 1000);
        Check.finite("preview_guidance_scale", guidanceScale);
        Check.given("preview_sampler", scheduler);
        Check.finite("preview_lora_weight", loraWeight);
        Check.atLeast("preview_every", everyIterations, 0);
        checkShare(mostShare);
        long pictures = 2L * Math.max(1, prompts.size()) * Math.max(1, places.size()) * seeds.size();
        if (pictures > MOST_PICTURES) {
            throw new InvalidSettingException("preview_prompts, preview_places and preview_seeds make " + pictures
                    + " images; expected at most " + MOST_PICTURES);
        }
    }

    private static double checkShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw InvalidSettingException.of("preview_share", share, "a number greater than 0 and at most 1");
        }
        return share;
    }

    /**
     * The previews that the training draws on its way, after every {@link #everyIterations}: the first four prompts,
     * without places, from the first seed, with few steps of a scheduler that needs few.
     */
    public PreviewSpec whileTraining() {
        return PreviewSpec.builder()
                .everyIterations(everyIterations)
                .mostShare(mostShare)
                .prompts(prompts.stream().limit(MOST_ON_THE_WAY).toList())
                .negativePrompt(negativePrompt)
                .seeds(seeds.subList(0, 1))
                .guidanceScale(guidanceScale)
                .width(width)
                .height(height)
                .loraWeight(loraWeight)
                .build();
    }

    /** The preview of settings that say nothing about it. */
    public static PreviewSettings defaults() {
        return builder().build();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The same of other prompts. */
    public PreviewSettings withPrompts(List<String> other) {
        return new PreviewSettings(
                enabled,
                other,
                places,
                negativePrompt,
                seeds,
                width,
                height,
                steps,
                guidanceScale,
                scheduler,
                loraWeight,
                everyIterations,
                mostShare);
    }

    /** Collects the values of {@link PreviewSettings}; each call replaces what an earlier one set. */
    public static final class Builder {

        private boolean enabled = true;
        private List<String> prompts = List.of();
        private List<String> places = List.of("shopping mall", "kitchen", "shinto shrine");
        private String negativePrompt = "";
        private List<Long> seeds = List.of(1L);
        private OptionalInt width = OptionalInt.empty();
        private OptionalInt height = OptionalInt.empty();
        private int steps = 20;
        private double guidanceScale = 7.5;
        private SchedulerType scheduler = SchedulerType.DDIM;
        private double loraWeight = 1;
        private int everyIterations;
        private double mostShare = PreviewSpec.off().mostShare();

        private Builder() {}

        /** Whether to draw a preview; true by default. */
        public Builder enabled(boolean enabled) {
            this.enabled = enabled;
            return this;
        }

        /** Prompts to draw; empty, the default, for the targets that get a new meaning. */
        public Builder prompts(List<String> prompts) {
            this.prompts = List.copyOf(Check.given("preview_prompts", prompts));
            return this;
        }

        /** Words to draw each prompt with; empty for the prompts alone. */
        public Builder places(List<String> places) {
            this.places = List.copyOf(Check.given("preview_places", places));
            return this;
        }

        /** Content to avoid; empty by default. */
        public Builder negativePrompt(String negativePrompt) {
            this.negativePrompt = Check.given("preview_negative_prompt", negativePrompt);
            return this;
        }

        /** The seeds of the first noise; 1 by default. */
        public Builder seeds(List<Long> seeds) {
            this.seeds = List.copyOf(Check.given("preview_seeds", seeds));
            return this;
        }

        /**
         * Width and height in pixels; by default the resolution of the first prompt.
         *
         * @throws InvalidSettingException if one of them is not a positive multiple of 8
         */
        public Builder size(int width, int height) {
            return width(OptionalInt.of(width)).height(OptionalInt.of(height));
        }

        /**
         * Width in pixels; empty, the default, for the resolution of the first prompt.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder width(OptionalInt width) {
            width.ifPresent(pixels -> Check.pictureSide("preview_width", pixels));
            this.width = width;
            return this;
        }

        /**
         * Height in pixels; empty, the default, for the resolution of the first prompt.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder height(OptionalInt height) {
            height.ifPresent(pixels -> Check.pictureSide("preview_height", pixels));
            this.height = height;
            return this;
        }

        /**
         * Denoising steps; 20 by default.
         *
         * @throws InvalidSettingException if it is not from 1 to 1000
         */
        public Builder steps(int steps) {
            this.steps = Check.between("preview_steps", steps, 1, 1000);
            return this;
        }

        /**
         * Classifier-free guidance scale; 7.5 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder guidanceScale(double guidanceScale) {
            this.guidanceScale = Check.finite("preview_guidance_scale", guidanceScale);
            return this;
        }

        /** The method; {@link SchedulerType#DDIM} by default. */
        public Builder scheduler(SchedulerType scheduler) {
            this.scheduler = Check.given("preview_sampler", scheduler);
            return this;
        }

        /**
         * The weight of the LoRA; 1 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder loraWeight(double loraWeight) {
            this.loraWeight = Check.finite("preview_lora_weight", loraWeight);
            return this;
        }

        /**
         * Iterations between two previews that the training draws on its way; 0, the default, draws none.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder everyIterations(int everyIterations) {
            this.everyIterations = Check.atLeast("preview_every", everyIterations, 0);
            return this;
        }

        /**
         * The most of the training's time that may go into previews on its way; 0.1 by default, 1 for no limit.
         *
         * @throws InvalidSettingException if it is not greater than 0 and at most 1
         */
        public Builder mostShare(double mostShare) {
            this.mostShare = checkShare(mostShare);
            return this;
        }

        /**
         * Makes the value.
         *
         * @throws InvalidSettingException if there is no seed, or there are more than 1000 images
         */
        public PreviewSettings build() {
            return new PreviewSettings(
                    enabled,
                    prompts,
                    places,
                    negativePrompt,
                    seeds,
                    width,
                    height,
                    steps,
                    guidanceScale,
                    scheduler,
                    loraWeight,
                    everyIterations,
                    mostShare);
        }
    }
}
