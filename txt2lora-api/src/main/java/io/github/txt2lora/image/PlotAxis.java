package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.List;

/** A property that varies over an {@link ImagePlot}, and its values. */
public sealed interface PlotAxis {

    /** The name of the property, for example {@code Seed}. */
    String title();

    /** The values, one or more. */
    List<?> values();

    /** The label of a value. */
    default String label(int index) {
        return title() + ": " + values().get(index);
    }

    /** The request with one value of this axis. */
    ImageRequest apply(ImageRequest request, int index);

    private static <T> List<T> required(String axis, List<T> values) {
        Check.given(axis, values).forEach(value -> Check.given(axis, value));
        if (values.isEmpty()) {
            throw new InvalidSettingException("the axis " + axis + " has no values; expected one or more");
        }
        return List.copyOf(values);
    }

    /**
     * A part of the prompt or negative prompt, replaced by each of the values.
     *
     * @param search the part to replace, everywhere it occurs; not empty
     */
    record PromptText(String search, List<String> values) implements PlotAxis {

        /** Rejects an axis without values and an empty search. */
        public PromptText {
            if (Check.given("search", search).isEmpty()) {
                throw InvalidSettingException.of("search", search, "a part of the prompt");
            }
            values = required("Prompt", values);
        }

        @Override
        public String title() {
            return "Prompt";
        }

        @Override
        public String label(int index) {
            return values.get(index);
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            if (!request.prompt().contains(search) && !request.negativePrompt().contains(search)) {
                throw InvalidSettingException.of("search", search, "a part of the prompt or the negative prompt");
            }
            return request.toBuilder()
                    .prompt(request.prompt().replace(search, values.get(index)))
                    .negativePrompt(request.negativePrompt().replace(search, values.get(index)))
                    .build();
        }
    }

    /** The LoRA. It replaces the request's LoRAs and takes the weight of the first of them, or else 1. */
    record LoraFiles(List<Path> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public LoraFiles {
            values = required("LoRA", values);
        }

        @Override
        public String title() {
            return "LoRA";
        }

        @Override
        public String label(int index) {
            return FileLabel.of(String.valueOf(values.get(index).getFileName()));
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            Path file = values.get(index);
            LoraWeight lora = request.loras().stream()
                    .findFirst()
                    .map(first -> new LoraWeight(file, first.weight(), first.textEncoderWeight()))
                    .orElse(new LoraWeight(file, 1));
            return request.toBuilder().loras(List.of(lora)).build();
        }
    }

    /** The weight of all LoRAs of the request, except those named in the prompt. */
    record LoraWeights(List<Double> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public LoraWeights {
            values = required("LoRA weight", values);
        }

        @Override
        public String title() {
            return "LoRA weight";
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            if (request.loras().isEmpty()) {
                throw new InvalidSettingException(
                        "the axis LoRA weight has no LoRA to apply to; call lora(...) on the request or add an axis of"
                                + " LoRA files");
            }
            return request.toBuilder()
                    .loras(request.loras().stream()
                            .map(lora -> new LoraWeight(lora.file(), values.get(index)))
                            .toList())
                    .build();
        }
    }

    /** The seed. */
    record Seeds(List<Long> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public Seeds {
            values = required("Seed", values);
        }

        @Override
        public String title() {
            return "Seed";
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            return request.toBuilder().seed(values.get(index)).build();
        }
    }

    /** The base model. */
    record Models(List<ModelSource> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public Models {
            values = required("Model", values);
        }

        @Override
        public String title() {
            return "Model";
        }

        @Override
        public String label(int index) {
            return FileLabel.of(values.get(index).displayName());
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            return request.toBuilder().model(values.get(index)).build();
        }
    }

    /** The number of denoising steps. */
    record Steps(List<Integer> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public Steps {
            values = required("Steps", values);
        }

        @Override
        public String title() {
            return "Steps";
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            return request.toBuilder().steps(values.get(index)).build();
        }
    }

    /** The guidance scale. */
    record GuidanceScales(List<Double> values) implements PlotAxis {

        /** Rejects an axis without values. */
        public GuidanceScales {
            values = required("CFG scale", values);
        }

        @Override
        public String title() {
            return "CFG scale";
        }

        @Override
        public ImageRequest apply(ImageRequest request, int index) {
            return request.toBuilder().guidanceScale(values.get(index)).build();
        }
    }
}
