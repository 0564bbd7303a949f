package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FileName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A whole training as a value: give it to a {@link TrainingEngine} or to {@link Txt2Lora#train(LoraTraining)}.
 *
 * @param name name of the LoRA: its file name without extension, used in a prompt as {@code <lora:name:1>}; at most 120
 *     characters, valid in file names on every operating system
 * @param model the base model
 * @param alsoOn further base models that the LoRA is to work on, of the same family; iterations take turns with all of
 *     them, see {@link #models}. Usually empty
 * @param prompts pairs to teach, at least one; each iteration samples one of them. The engine warns if every pair
 *     preserves its target, since the LoRA then learns nothing
 * @param spec settings of the training
 * @param output folder for the LoRA, created when needed
 * @param preview images that the training draws on its way, {@link PreviewSpec#off()} by default; they do not affect
 *     the LoRA
 */
public record LoraTraining(
        String name,
        ModelSource model,
        List<ModelSource> alsoOn,
        List<PromptPair> prompts,
        TrainingSpec spec,
        Path output,
        PreviewSpec preview) {

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if the name is not a valid file name, a model is there twice, there is no prompt, one
     *     prompt is both to get a new meaning and to be preserved, the output has control characters, or the training
     *     would write the LoRA that it starts from
     */
    public LoraTraining {
        FileName.checkLora("name", name);
        Check.given("model", model);
        alsoOn = copyOfModels(alsoOn);
        requireDifferent(model, alsoOn);
        prompts = copyOf(prompts);
        if (prompts.isEmpty()) {
            throw new InvalidSettingException("prompts is empty; expected at least one PromptPair, for example"
                    + " prompt(PromptPair.enhance(\"krnkmd\").positive(\"short hair, maid\").build())");
        }
        requireNoContradiction(prompts);
        Check.given("spec", spec);
        Check.path("output", output);
        requireOtherStart(spec, output, name);
        Check.given("preview", preview);
    }

    private static List<ModelSource> copyOfModels(List<ModelSource> models) {
        for (ModelSource model : Check.given("alsoOn", models)) {
            Check.given("model", model);
        }
        return List.copyOf(models);
    }

    private static void requireDifferent(ModelSource model, List<ModelSource> alsoOn) {
        Set<Path> files = new HashSet<>(Set.of(place(model)));
        for (ModelSource other : alsoOn) {
            if (!files.add(place(other))) {
                throw InvalidSettingException.of(
                        "alsoOn",
                        other.displayName(),
                        "another model than those before it: each is trained on once. Leave it out");
            }
        }
    }

    private static Path place(ModelSource model) {
        Path path;
        if (model instanceof ModelSource.SingleFile file) {
            path = file.path();
        } else if (model instanceof ModelSource.DiffusersFolder folder) {
            path = folder.path();
        } else {
            path = ((ModelSource.Download) model).file();
        }
        return path.toAbsolutePath().normalize();
    }

    private static void requireOtherStart(TrainingSpec spec, Path output, String name) {
        if (spec.method().start() instanceof LoraStart.FromLora from
                && from.file()
                        .toAbsolutePath()
                        .normalize()
                        .equals(output.toAbsolutePath().normalize().resolve(name + ".safetensors"))) {
            throw InvalidSettingException.of(
                    "start",
                    from.file(),
                    "another file than the one that this training writes. Copy it first, or give the new LoRA another"
                            + " name");
        }
    }

    private static void requireNoContradiction(List<PromptPair> prompts) {
        Set<String> taught = prompts.stream()
                .filter(pair -> !pair.preserves())
                .map(PromptPair::target)
                .collect(Collectors.toSet());
        for (PromptPair pair : prompts) {
            if (pair.preserves() && taught.contains(pair.target())) {
                throw new InvalidSettingException("prompt " + Excerpt.quoted(pair.target())
                        + " is to be preserved and is also a target that gets a new meaning; expected one or the"
                        + " other. Leave one of the pairs out");
            }
        }
    }

    /** The file of the finished LoRA: {@code output/name.safetensors}. */
    public Path loraFile() {
        String fileName = name + ".safetensors";
        try {
            return output.resolve(fileName);
        } catch (InvalidPathException e) {
            throw new InvalidSettingException(
                    "name is \"" + name + "\"; expected a name that the file system of " + output + " can store", e);
        }
    }

    /**
     * All base models: {@link #model}, then {@link #alsoOn}. Where there are several, each is trained on for some
     * iterations in its turn, so that each gets an equal part of all.
     */
    public List<ModelSource> models() {
        List<ModelSource> all = new ArrayList<>(List.of(model));
        all.addAll(alsoOn);
        return List.copyOf(all);
    }

    /** The number of iterations; see {@link TrainingSpec#iterationsFor}. */
    public int iterations() {
        return spec.iterationsFor(prompts, 1 + alsoOn.size());
    }

    /** The shape of the LoRA with the rank that it has in this training; see {@link LoraSpec#rankFor}. */
    public LoraSpec lora() {
        return spec.lora().withRankFor(prompts);
    }

    /** The optimizer; see {@link TrainingSpec#optimizerFor}. */
    public OptimizerSpec optimizer() {
        return spec.optimizerFor(prompts);
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder()
                .name(name)
                .model(model)
                .alsoOn(alsoOn)
                .prompts(prompts)
                .spec(spec)
                .output(output)
                .preview(preview);
    }

    private static List<PromptPair> copyOf(List<PromptPair> prompts) {
        for (PromptPair pair : Check.given("prompts", prompts)) {
            Check.given("prompt", pair);
        }
        return List.copyOf(prompts);
    }

    /**
     * Collects the values of a {@link LoraTraining}; each call but {@link #prompt} replaces what an earlier one set.
     */
    public static final class Builder {

        private @Nullable String name;
        private @Nullable ModelSource model;
        private List<ModelSource> alsoOn = List.of();
        private final List<PromptPair> prompts = new ArrayList<>();
        private TrainingSpec spec = TrainingSpec.builder().build();
        private @Nullable Path output;
        private PreviewSpec preview = PreviewSpec.off();

        private Builder() {}

        /**
         * The name of the LoRA and of its file; required.
         *
         * @throws InvalidSettingException if it is not a valid file name on every operating system
         */
        public Builder name(String name) {
            this.name = FileName.checkLora("name", name);
            return this;
        }

        /** The base model; required. */
        public Builder model(ModelSource model) {
            this.model = Check.given("model", model);
            return this;
        }

        /** Further base models of the same family that the LoRA is to work on; none by default. */
        public Builder alsoOn(ModelSource... models) {
            return alsoOn(List.of(Check.given("alsoOn", models)));
        }

        /** Further base models of the same family that the LoRA is to work on; none by default. */
        public Builder alsoOn(List<ModelSource> models) {
            this.alsoOn = copyOfModels(models);
            return this;
        }

        /** Adds a pair to those already there; at least one is required. */
        public Builder prompt(PromptPair prompt) {
            prompts.add(Check.given("prompt", prompt));
            return this;
        }

        /** Replaces all pairs. */
        public Builder prompts(List<PromptPair> prompts) {
            List<PromptPair> replacement = copyOf(prompts);
            this.prompts.clear();
            this.prompts.addAll(replacement);
            return this;
        }

        /** The settings of the training; the defaults of {@link TrainingSpec} if not set. */
        public Builder spec(TrainingSpec spec) {
            this.spec = Check.given("spec", spec);
            return this;
        }

        /**
         * The folder for the LoRA, created when needed; required.
         *
         * @throws InvalidSettingException if the path has control characters
         */
        public Builder output(Path output) {
            this.output = Check.path("output", output);
            return this;
        }

        /** The images that the training draws on its way; {@link PreviewSpec#off()} by default. */
        public Builder preview(PreviewSpec preview) {
            this.preview = Check.given("preview", preview);
            return this;
        }

        /**
         * Makes the value.
         *
         * @throws InvalidSettingException if name, model, prompts or output is missing, a model is there twice, or one
         *     prompt is both to get a new meaning and to be preserved
         */
        public LoraTraining build() {
            return new LoraTraining(
                    Check.required("name", name, "call name(...) with the LoRA's name"),
                    Check.required("model", model, "call model(ModelSource.file(...)) with the base model"),
                    alsoOn,
                    prompts,
                    spec,
                    Check.required("output", output, "call output(...) with the folder for the LoRA"),
                    preview);
        }
    }
}
