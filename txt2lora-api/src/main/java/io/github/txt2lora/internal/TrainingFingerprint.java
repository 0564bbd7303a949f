package io.github.txt2lora.internal;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.StoppingSpec;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.file.Sha256;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the weights of a trained LoRA depend on, as names and values to compare and to show. It alone decides
 * whether a training is the same, and so whether to resume from a state or to skip a finished LoRA.
 */
public final class TrainingFingerprint {

    /** The name of the number of iterations, which may change where the learning rates so far stay the same. */
    public static final String ITERATIONS = "iterations";

    /** Components of a training without effect on the learned weights. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("saving", "measureQuality", "recognitionImages", "nonFinitePolicy", "embeddings");

    /** Their components stand beside those of the training. */
    private static final Set<Class<?>> GROUPS = Set.of(ModelUse.class, StoppingSpec.class);

    /** Names of components in states. A component may be renamed, its name in states may not. */
    private static final Map<String, String> NAMES = Map.of(
            "learningRateSchedule", "schedule",
            "gradientAccumulationSteps", "gradientAccumulation",
            "predictionType", "prediction",
            "rule", "stopWhen",
            "everyIterations", "every");

    /** Of more only a digest is kept, since each takes a dozen entries in the header of a state. */
    private static final int MOST_PROMPTS = 100;

    /** Stands for the file that a training starts from, whose content is a value of its own. */
    private static final Path ANY_FILE = Path.of("file");

    private TrainingFingerprint() {}

    /**
     * The fingerprint of a training that starts from no LoRA.
     *
     * @param modelSha256 of the base model's content
     */
    public static SortedMap<String, String> of(TrainingSpec spec, List<PromptPair> prompts, String modelSha256) {
        return of(spec, prompts, List.of(modelSha256), Optional.empty(), Collections.emptySortedMap());
    }

    /**
     * The fingerprint of a training, whose pictures are read.
     *
     * @param modelSha256s of the content of the base models, one or more, in their order
     * @param startSha256 of the content of the LoRA that it starts from, whose place does not matter
     * @param embeddings digests of the embeddings that its prompts name, whose folder does not matter
     * @throws io.github.txt2lora.StorageException if a picture cannot be read
     */
    public static SortedMap<String, String> of(
            TrainingSpec spec,
            List<PromptPair> prompts,
            List<String> modelSha256s,
            Optional<String> startSha256,
            SortedMap<String, String> embeddings) {
        return of(spec, prompts, modelSha256s, startSha256, embeddings, Sha256::of);
    }

    /**
     * The fingerprint of a training.
     *
     * @param modelSha256s of the content of the base models, one or more, in their order
     * @param startSha256 of the content of the LoRA that it starts from, whose place does not matter
     * @param embeddings digests of the embeddings that its prompts name, whose folder does not matter
     * @param pictureSha256 of the content of a picture, whose place does not matter
     */
    public static SortedMap<String, String> of(
            TrainingSpec given,
            List<PromptPair> prompts,
            List<String> modelSha256s,
            Optional<String> startSha256,
            SortedMap<String, String> embeddings,
            Function<Path, String> pictureSha256) {
        SortedMap<String, String> values = new TreeMap<>();
        startSha256.ifPresent(digest -> values.put("start", digest));
        embeddings.forEach((name, digest) -> values.put("embedding " + name, digest));
        TrainingSpec.Builder all = given.chosenFor(prompts).toBuilder();
        startSha256.ifPresent(digest -> all.method(method -> method.withStart(LoraStart.from(ANY_FILE))));
        TrainingSpec spec = all.build();
        values.put("model", modelSha256s.get(0));
        for (int i = 1; i < modelSha256s.size(); i++) {
            values.put("model " + (i + 1), modelSha256s.get(i));
        }
        addComponents("", spec, values);
        values.put(ITERATIONS, String.valueOf(spec.iterationsFor(prompts, modelSha256s.size())));
        addRollouts(spec.method().latents(), values);
        if (prompts.size() > MOST_PROMPTS) {
            values.put("prompts", prompts.size() + " with the SHA-256 " + Sha256.of(text(prompts, pictureSha256)));
            return values;
        }
        for (int i = 0; i < prompts.size(); i++) {
            String prefix = "prompt " + (i + 1) + " ";
            components(prompts.get(i), pictureSha256).forEach((name, value) -> values.put(prefix + name, value));
        }
        return values;
    }

    /**
     * A digest that is the same for trainings that differ in nothing but the number of iterations.
     *
     * @param fingerprint of the training
     */
    public static String digestWithoutIterations(SortedMap<String, String> fingerprint) {
        SortedMap<String, String> rest = new TreeMap<>(fingerprint);
        rest.remove(ITERATIONS);
        return Sha256.of(rest.toString());
    }

    private static void addComponents(String prefix, Record value, SortedMap<String, String> values) {
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            if (WITHOUT_EFFECT.contains(component.getName())) {
                continue;
            }
            Object read = read(component, value);
            if (read instanceof Record group && GROUPS.contains(read.getClass())) {
                addComponents(prefix, group, values);
            } else {
                values.put(prefix + name(component), text(read));
            }
        }
    }

    /** In states, square images have one resolution, and a multiplier stands only where it says something. */
    private static Map<String, String> components(PromptPair pair, Function<Path, String> pictureSha256) {
        Map<String, String> values = new LinkedHashMap<>();
        for (RecordComponent component : PromptPair.class.getRecordComponents()) {
            String value = String.valueOf(read(component, pair));
            switch (component.getName()) {
                case "height" ->
                    values.put(
                            "resolution", pair.height() == pair.width() ? value : pair.height() + "x" + pair.width());
                case "width" -> {}
                case "multiplier" -> {
                    if (pair.multiplier() != 1) {
                        values.put(component.getName(), value);
                    }
                }
                case "pictures" -> {
                    if (!pair.pictures().isEmpty()) {
                        values.put(component.getName(), pictures(pair, pictureSha256));
                    }
                }
                case "pictureWeight" -> {
                    if (pair.pictureWeight() != 1) {
                        values.put(component.getName(), value);
                    }
                }
                default -> values.put(component.getName(), value);
            }
        }
        return values;
    }

    /** The content of a pair's pictures with their captions. */
    public static String pictures(PromptPair pair, Function<Path, String> pictureSha256) {
        return pair.pictures().stream()
                .map(picture -> pictureSha256.apply(picture.file())
                        + (picture.caption().isEmpty() ? "" : " " + picture.caption()))
                .collect(Collectors.joining(", "));
    }

    /** The form of {@link List#toString()} over records of these components. */
    private static String text(List<PromptPair> prompts, Function<Path, String> pictureSha256) {
        return prompts.stream()
                .map(pair -> components(pair, pictureSha256).entrySet().stream()
                        .map(component -> component.getKey() + "=" + component.getValue())
                        .collect(Collectors.joining(", ", "PromptPair[", "]")))
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /** In states, rollouts stand beside the latents that they belong to; more only where they differ. */
    private static void addRollouts(LatentSource latents, SortedMap<String, String> values) {
        List<Double> shortOnes = shortRollouts(latents)
                .map(LatentSource.ShortRollout::guidanceScale)
                .distinct()
                .toList();
        RolloutSpec first = latents.rolloutSpec()
                .orElseGet(() -> shortOnes.stream()
                        .findFirst()
                        .map(RolloutSpec.defaults()::withGuidanceScale)
                        .orElse(RolloutSpec.defaults()));
        values.put("noiseScheduler", first.scheduler().name());
        values.put("maxDenoisingSteps", String.valueOf(first.steps()));
        values.put("rolloutGuidanceScale", String.valueOf(first.guidanceScale()));
        boolean isOneForAll = latents.withRollout(rollout -> first).equals(latents)
                && List.of(first.guidanceScale()).containsAll(shortOnes);
        if (!isOneForAll) {
            values.put("rollouts", latents.toString());
        }
    }

    private static Stream<LatentSource.ShortRollout> shortRollouts(LatentSource latents) {
        if (latents instanceof LatentSource.Mixture mixture) {
            return mixture.shares().stream().flatMap(share -> shortRollouts(share.source()));
        }
        return latents instanceof LatentSource.ShortRollout rollout ? Stream.of(rollout) : Stream.empty();
    }

    private static String name(RecordComponent component) {
        return NAMES.getOrDefault(component.getName(), component.getName());
    }

    /** The same as {@link Record#toString()}, but with the names of states, and null for an absent value. */
    private static String text(@Nullable Object value) {
        if (value instanceof Record components) {
            return Arrays.stream(value.getClass().getRecordComponents())
                    .filter(component -> !isOfRollout(component) && !isUsual(component, read(component, components)))
                    .map(component -> name(component) + "=" + text(read(component, components)))
                    .collect(Collectors.joining(", ", value.getClass().getSimpleName() + "[", "]"));
        } else if (value instanceof List<?> list) {
            return list.stream().map(TrainingFingerprint::text).collect(Collectors.joining(", ", "[", "]"));
        } else if (value instanceof OptionalDouble number) {
            return number.isPresent() ? String.valueOf(number.getAsDouble()) : "null";
        } else if (value instanceof OptionalInt number) {
            return number.isPresent() ? String.valueOf(number.getAsInt()) : "null";
        } else if (value instanceof Optional<?> some && some.isPresent()) {
            return text(some.get());
        } else if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        return String.valueOf(value);
    }

    /** What states did not know is left out as long as it is what it was then. */
    private static boolean isUsual(RecordComponent component, @Nullable Object value) {
        return value == KeptLatents.SHARED
                || (component.getName().equals("afterNeutral")
                        && Double.valueOf(0).equals(value))
                || (component.getName().equals("layerRanks") && List.of().equals(value));
    }

    private static boolean isOfRollout(RecordComponent component) {
        return component.getType() == RolloutSpec.class
                || (component.getDeclaringRecord() == LatentSource.ShortRollout.class
                        && component.getName().equals("guidanceScale"));
    }

    private static @Nullable Object read(RecordComponent component, Object value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record lets its components be read", e);
        }
    }
}
