package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The images that a training draws on its way, between two iterations, with the LoRA as it is then: always the same
 * prompts from the same seeds, so that they show what the LoRA has learned. Each time is told by a
 * {@link io.github.txt2lora.event.PreviewDrawn}. They use no random number of the training and do not affect the weights
 * that it learns; images that cannot be drawn or written are a {@link io.github.txt2lora.event.TrainingWarning}.
 *
 * <p>They take time, of which {@code mostShare} is the limit: a preview that would exceed it is left out, and the
 * training warns once.
 *
 * @param everyIterations iterations between two previews, 0 or more; 0, the default, draws none
 * @param prompts prompts in {@link io.github.txt2lora.image.PromptSyntax#WEB_UI}; empty, the default, for the targets
 *     that get a new meaning, the first four of them
 * @param negativePrompt content to avoid, empty by default
 * @param seeds seeds of the first noise, at least one, by default 1; there are at most 16 prompts times seeds
 * @param steps denoising steps, 1 to 1000, 10 by default
 * @param guidanceScale classifier-free guidance scale, finite, 7.5 by default
 * @param scheduler {@link SchedulerType#DPMPP_2M} by default, which needs few steps
 * @param width in pixels, a multiple of 8; by default that of the training's first prompt
 * @param height in pixels, a multiple of 8; by default that of the training's first prompt
 * @param loraWeight weight of the LoRA, finite, 1 by default; a slider, whose pairs have multipliers of both signs, is
 *     also drawn with the negative weight
 * @param mostShare the most of the training's time that may go into previews, greater than 0, at most 1; 0.1 by default,
 *     1 for no limit. The first preview is always drawn
 * @param files whether each image becomes a PNG file with its
 *     {@link io.github.txt2lora.image.GenerationParameters}, true by default
 * @param folder folder of these files, created when needed; empty, the default, for {@code preview} beside the LoRA. See
 *     {@link #file}
 */
public record PreviewSpec(
        int everyIterations,
        List<String> prompts,
        String negativePrompt,
        List<Long> seeds,
        int steps,
        double guidanceScale,
        SchedulerType scheduler,
        OptionalInt width,
        OptionalInt height,
        double loraWeight,
        double mostShare,
        boolean files,
        Optional<Path> folder) {

    private static final PreviewSpec OFF = builder().build();

    private static final int MOST_STEPS = 1000;

    /** All are in memory until listeners have received them. */
    private static final int MOST_PICTURES = 16;

    /**
     * Checks every component; {@link #every} and {@link #builder()} read better.
     *
     * @throws InvalidSettingException if a component is outside its range, or there are more than 16 prompts times seeds
     */
    public PreviewSpec {
        Check.atLeast("preview everyIterations", everyIterations, 0);
        prompts = List.copyOf(Check.given("preview prompts", prompts));
        Check.given("preview negativePrompt", negativePrompt);
        seeds = copyOfSeeds(seeds);
        Check.between("preview steps", steps, 1, MOST_STEPS);
        Check.finite("preview guidanceScale", guidanceScale);
        Check.given("preview scheduler", scheduler);
        Check.given("preview width", width).ifPresent(pixels -> Check.pictureSide("preview width", pixels));
        Check.given("preview height", height).ifPresent(pixels -> Check.pictureSide("preview height", pixels));
        Check.finite("preview loraWeight", loraWeight);
        checkShare(mostShare);
        Check.given("preview folder", folder).ifPresent(path -> Check.path("preview folder", path));
        long pictures = (long) Math.max(1, prompts.size()) * seeds.size();
        if (pictures > MOST_PICTURES) {
            throw new InvalidSettingException("preview prompts and seeds make " + pictures
                    + " images; expected at most " + MOST_PICTURES + ", since all are drawn each time");
        }
    }

    private static List<Long> copyOfSeeds(List<Long> seeds) {
        if (Check.given("preview seeds", seeds).isEmpty()) {
            throw new InvalidSettingException("preview seeds is empty; expected at least one number");
        }
        return List.copyOf(seeds);
    }

    private static double checkShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw InvalidSettingException.of("preview mostShare", share, "a number greater than 0 and at most 1");
        }
        return share;
    }

    /** No previews. */
    public static PreviewSpec off() {
        return OFF;
    }

    /**
     * A preview after every so many iterations, with the defaults.
     *
     * @throws InvalidSettingException if it is less than 1
     */
    public static PreviewSpec every(int iterations) {
        return builder()
                .everyIterations(Check.atLeast("preview everyIterations", iterations, 1))
                .build();
    }

    /** A builder with the defaults, which draws nothing before {@link Builder#everyIterations} is set. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder()
                .everyIterations(everyIterations)
                .prompts(prompts)
                .negativePrompt(negativePrompt)
                .seeds(seeds)
                .steps(steps)
                .guidanceScale(guidanceScale)
                .scheduler(scheduler)
                .width(width)
                .height(height)
                .loraWeight(loraWeight)
                .mostShare(mostShare)
                .files(files)
                .folder(folder);
    }

    /** Whether there are previews. */
    public boolean isOn() {
        return everyIterations > 0;
    }

    /** Whether a preview is to be drawn after so many iterations. */
    public boolean isDueAfter(int iterations) {
        return isOn() && iterations > 0 && iterations % everyIterations == 0;
    }

    /**
     * The file of an image of a training: {@code NAME-ITERATION-IMAGE.png} with six digits or more for the iteration, for
     * example {@code krnkmd-000050-0.png}, in {@link #folder} or else in {@code preview} beside the LoRA.
     *
     * @param iteration iterations that the LoRA has
     * @param image its number in {@link io.github.txt2lora.event.PreviewDrawn#images}, from 0
     */
    public Path file(LoraTraining training, int iteration, int image) {
        return folderOf(training)
                .resolve(String.format(Locale.ROOT, "%s-%06d-%d.png", training.name(), iteration, image));
    }

    /** The folder of a training's files. */
    public Path folderOf(LoraTraining training) {
        return folder.orElseGet(() -> training.output().resolve("preview"));
    }

    /** Collects the values of a {@link PreviewSpec}; each call replaces what an earlier one set. */
    public static final class Builder {

        private int everyIterations;
        private List<String> prompts = List.of();
        private String negativePrompt = "";
        private List<Long> seeds = List.of(1L);
        private int steps = 10;
        private double guidanceScale = 7.5;
        private SchedulerType scheduler = SchedulerType.DPMPP_2M;
        private OptionalInt width = OptionalInt.empty();
        private OptionalInt height = OptionalInt.empty();
        private double loraWeight = 1;
        private double mostShare = 0.1;
        private boolean files = true;
        private Optional<Path> folder = Optional.empty();

        private Builder() {}

        /**
         * Iterations between two previews; 0, the default, draws none.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder everyIterations(int everyIterations) {
            this.everyIterations = Check.atLeast("preview everyIterations", everyIterations, 0);
            return this;
        }

        /** The prompts; empty, the default, for the targets that get a new meaning. */
        public Builder prompts(String... prompts) {
            return prompts(List.of(Check.given("preview prompts", prompts)));
        }

        /** The prompts; empty, the default, for the targets that get a new meaning. */
        public Builder prompts(List<String> prompts) {
            this.prompts = List.copyOf(Check.given("preview prompts", prompts));
            return this;
        }

        /** Content to avoid; empty by default. */
        public Builder negativePrompt(String negativePrompt) {
            this.negativePrompt = Check.given("preview negativePrompt", negativePrompt);
            return this;
        }

        /**
         * The seeds of the first noise; 1 by default.
         *
         * @throws InvalidSettingException if there is none
         */
        public Builder seeds(List<Long> seeds) {
            this.seeds = copyOfSeeds(seeds);
            return this;
        }

        /**
         * Denoising steps; 10 by default.
         *
         * @throws InvalidSettingException if it is not from 1 to 1000
         */
        public Builder steps(int steps) {
            this.steps = Check.between("preview steps", steps, 1, MOST_STEPS);
            return this;
        }

        /**
         * Classifier-free guidance scale; 7.5 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder guidanceScale(double guidanceScale) {
            this.guidanceScale = Check.finite("preview guidanceScale", guidanceScale);
            return this;
        }

        /** The scheduler; {@link SchedulerType#DPMPP_2M} by default. */
        public Builder scheduler(SchedulerType scheduler) {
            this.scheduler = Check.given("preview scheduler", scheduler);
            return this;
        }

        /**
         * Width and height in pixels; by default those of the training's first prompt.
         *
         * @throws InvalidSettingException if one of them is not a positive multiple of 8
         */
        public Builder size(int width, int height) {
            return width(OptionalInt.of(width)).height(OptionalInt.of(height));
        }

        /**
         * Width in pixels; empty, the default, for that of the training's first prompt.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder width(OptionalInt width) {
            Check.given("preview width", width).ifPresent(pixels -> Check.pictureSide("preview width", pixels));
            this.width = width;
            return this;
        }

        /**
         * Height in pixels; empty, the default, for that of the training's first prompt.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder height(OptionalInt height) {
            Check.given("preview height", height).ifPresent(pixels -> Check.pictureSide("preview height", pixels));
            this.height = height;
            return this;
        }

        /**
         * The weight of the LoRA; 1 by default.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder loraWeight(double loraWeight) {
            this.loraWeight = Check.finite("preview loraWeight", loraWeight);
            return this;
        }

        /**
         * The most of the training's time that may go into previews; 0.1 by default, 1 for no limit.
         *
         * @throws InvalidSettingException if it is not greater than 0 and at most 1
         */
        public Builder mostShare(double mostShare) {
            this.mostShare = checkShare(mostShare);
            return this;
        }

        /** Whether each image becomes a file; true by default. */
        public Builder files(boolean files) {
            this.files = files;
            return this;
        }

        /**
         * The folder of the files; by default {@code preview} beside the LoRA.
         *
         * @throws InvalidSettingException if the path has control characters
         */
        public Builder folder(Path folder) {
            return folder(Optional.of(Check.path("preview folder", folder)));
        }

        /** The folder of the files; empty, the default, for {@code preview} beside the LoRA. */
        public Builder folder(Optional<Path> folder) {
            Check.given("preview folder", folder).ifPresent(path -> Check.path("preview folder", path));
            this.folder = folder;
            return this;
        }

        /**
         * Makes the value.
         *
         * @throws InvalidSettingException if there are more than 16 prompts times seeds
         */
        public PreviewSpec build() {
            return new PreviewSpec(
                    everyIterations,
                    prompts,
                    negativePrompt,
                    seeds,
                    steps,
                    guidanceScale,
                    scheduler,
                    width,
                    height,
                    loraWeight,
                    mostShare,
                    files,
                    folder);
        }
    }
}
