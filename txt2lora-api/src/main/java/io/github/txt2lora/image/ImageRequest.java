package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A request for images, for {@link io.github.txt2lora.TrainingEngine#generate}.
 *
 * @param model the base model
 * @param prompt content of the image; may be empty
 * @param negativePrompt content to avoid, empty by default; for SDXL, empty means zero embeddings, as in its training
 * @param width width in pixels, a positive multiple of 8, 512 by default
 * @param height height in pixels, a positive multiple of 8, 512 by default
 * @param steps denoising steps, 1 to 1000, 20 by default
 * @param guidanceScale scale of classifier-free guidance, finite, 7.5 by default; 1 ignores the negative prompt
 * @param seed seed of the first image, any number, 0 by default
 * @param count number of images, 1 or more, 1 by default; their seeds are {@code seed}, {@code seed + 1} and so on
 * @param scheduler scheduler, {@link SchedulerType#DDIM} by default
 * @param modelUse settings for running the base model, {@link ModelUse#defaults()} by default
 * @param loras LoRAs to apply, none by default
 * @param promptSyntax syntax of prompt and negative prompt, {@link PromptSyntax#WEB_UI} by default
 * @param loraFolder folder that {@code <lora:name:weight>} in a prompt refers to; {@code name.safetensors} may be in a
 *     subfolder. Empty, the default, for none
 * @param composition regions of the parts of the prompt, {@link WholePicture} by default
 */
public record ImageRequest(
        ModelSource model,
        String prompt,
        String negativePrompt,
        int width,
        int height,
        int steps,
        double guidanceScale,
        long seed,
        int count,
        SchedulerType scheduler,
        ModelUse modelUse,
        List<LoraWeight> loras,
        PromptSyntax promptSyntax,
        Optional<Path> loraFolder,
        ImageComposition composition) {

    private static final int MAX_STEPS = 1000;

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range
     */
    public ImageRequest {
        Check.given("model", model);
        Check.given("prompt", prompt);
        Check.given("negativePrompt", negativePrompt);
        Check.pictureSide("width", width);
        Check.pictureSide("height", height);
        Check.between("steps", steps, 1, MAX_STEPS);
        Check.finite("guidanceScale", guidanceScale);
        Check.atLeast("count", count, 1);
        Check.given("scheduler", scheduler);
        Check.given("modelUse", modelUse);
        loras = copyOf(loras);
        Check.given("promptSyntax", promptSyntax);
        Check.given("loraFolder", loraFolder);
        Check.given("composition", composition);
        rejectRegionsOfPlainText(promptSyntax, composition);
    }

    private static void rejectRegionsOfPlainText(PromptSyntax syntax, ImageComposition composition) {
        if (syntax == PromptSyntax.PLAIN && !(composition instanceof WholePicture)) {
            throw new InvalidSettingException("composition is " + composition
                    + " although promptSyntax is PLAIN, where AND and ADDCOL are ordinary words; expected"
                    + " promptSyntax WEB_UI or the composition of the whole image");
        }
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder()
                .model(model)
                .prompt(prompt)
                .negativePrompt(negativePrompt)
                .width(width)
                .height(height)
                .steps(steps)
                .guidanceScale(guidanceScale)
                .seed(seed)
                .count(count)
                .scheduler(scheduler)
                .modelUse(modelUse)
                .loras(loras)
                .promptSyntax(promptSyntax)
                .loraFolder(loraFolder)
                .composition(composition);
    }

    private static List<LoraWeight> copyOf(List<LoraWeight> loras) {
        for (LoraWeight lora : Check.given("loras", loras)) {
            Check.given("lora", lora);
        }
        return List.copyOf(loras);
    }

    /** Collects the values of an {@link ImageRequest}; each call but {@link #lora} replaces what an earlier one set. */
    public static final class Builder {

        private @Nullable ModelSource model;
        private @Nullable String prompt;
        private String negativePrompt = "";
        private int width = 512;
        private int height = 512;
        private int steps = 20;
        private double guidanceScale = 7.5;
        private long seed;
        private int count = 1;
        private SchedulerType scheduler = SchedulerType.DDIM;
        private ModelUse modelUse = ModelUse.defaults();
        private final List<LoraWeight> loras = new ArrayList<>();
        private PromptSyntax promptSyntax = PromptSyntax.WEB_UI;
        private Optional<Path> loraFolder = Optional.empty();
        private ImageComposition composition = ImageComposition.wholePicture();

        private Builder() {}

        /** The base model; required. */
        public Builder model(ModelSource model) {
            this.model = Check.given("model", model);
            return this;
        }

        /** The content of the image; required, may be empty. */
        public Builder prompt(String prompt) {
            this.prompt = Check.given("prompt", prompt);
            return this;
        }

        /** Content to avoid; empty by default. */
        public Builder negativePrompt(String negativePrompt) {
            this.negativePrompt = Check.given("negativePrompt", negativePrompt);
            return this;
        }

        /**
         * Width in pixels; 512 by default.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder width(int width) {
            this.width = Check.pictureSide("width", width);
            return this;
        }

        /**
         * Height in pixels; 512 by default.
         *
         * @throws InvalidSettingException if it is not a positive multiple of 8
         */
        public Builder height(int height) {
            this.height = Check.pictureSide("height", height);
            return this;
        }

        /**
         * Denoising steps; 20 by default.
         *
         * @throws InvalidSettingException if it is not from 1 to 1000
         */
        public Builder steps(int steps) {
            this.steps = Check.between("steps", steps, 1, MAX_STEPS);
            return this;
        }

        /**
         * The scale of classifier-free guidance; 7.5 by default. 1 ignores the negative prompt.
         *
         * @throws InvalidSettingException if it is not finite
         */
        public Builder guidanceScale(double guidanceScale) {
            this.guidanceScale = Check.finite("guidanceScale", guidanceScale);
            return this;
        }

        /** The seed of the first image; any number, 0 by default. */
        public Builder seed(long seed) {
            this.seed = seed;
            return this;
        }

        /**
         * The number of images; 1 by default. Their seeds are {@code seed}, {@code seed + 1} and so on.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder count(int count) {
            this.count = Check.atLeast("count", count, 1);
            return this;
        }

        /** The scheduler; {@link SchedulerType#DDIM} by default. */
        public Builder scheduler(SchedulerType scheduler) {
            this.scheduler = Check.given("scheduler", scheduler);
            return this;
        }

        /** Settings for running the base model; {@link ModelUse#defaults()} by default. */
        public Builder modelUse(ModelUse modelUse) {
            this.modelUse = Check.given("modelUse", modelUse);
            return this;
        }

        /** Changes how to run the base model. */
        public Builder modelUse(UnaryOperator<ModelUse> change) {
            return modelUse(change.apply(modelUse));
        }

        /**
         * Adds a LoRA to those already there.
         *
         * @throws InvalidSettingException if the weight is not finite
         */
        public Builder lora(Path file, double weight) {
            loras.add(new LoraWeight(file, weight));
            return this;
        }

        /** Replaces all LoRAs. */
        public Builder loras(List<LoraWeight> loras) {
            List<LoraWeight> replacement = copyOf(loras);
            this.loras.clear();
            this.loras.addAll(replacement);
            return this;
        }

        /** The syntax of prompt and negative prompt; {@link PromptSyntax#WEB_UI} by default. */
        public Builder promptSyntax(PromptSyntax promptSyntax) {
            this.promptSyntax = Check.given("promptSyntax", promptSyntax);
            return this;
        }

        /** The folder of the LoRAs that prompts name, {@code <lora:name:weight>}; none by default. */
        public Builder loraFolder(Path loraFolder) {
            return loraFolder(Optional.of(Check.given("loraFolder", loraFolder)));
        }

        /** The folder of the LoRAs that prompts name, {@code <lora:name:weight>}; empty, the default, for none. */
        public Builder loraFolder(Optional<Path> loraFolder) {
            this.loraFolder = Check.given("loraFolder", loraFolder);
            return this;
        }

        /** The regions of the parts of the prompt; the whole image by default. */
        public Builder composition(ImageComposition composition) {
            this.composition = Check.given("composition", composition);
            return this;
        }

        /**
         * Makes the request.
         *
         * @throws InvalidSettingException if model or prompt is missing, or regions are given for a plain prompt
         */
        public ImageRequest build() {
            return new ImageRequest(
                    Check.required("model", model, "call model(ModelSource.file(...)) with the base model"),
                    Check.required("prompt", prompt, "call prompt(...) with what to draw"),
                    negativePrompt,
                    width,
                    height,
                    steps,
                    guidanceScale,
                    seed,
                    count,
                    scheduler,
                    modelUse,
                    loras,
                    promptSyntax,
                    loraFolder,
                    composition);
        }
    }
}
