package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * A slider of kohya's prompts: at positive strength of the LoRA {@code target_class} goes towards {@code positive} and away
 * from {@code negative}, at negative strength the other way. It stands for four pairs, or for two where one of the prompts
 * is empty; and these for each neutral prompt and each resolution.
 */
final class KohyaSlider {

    static final String TARGET_CLASS = "target_class";
    static final String RESOLUTIONS = "resolutions";

    private static final String POSITIVE = PromptKey.POSITIVE.key();
    private static final String NEGATIVE = "negative";
    private static final String NEUTRAL = PromptKey.NEUTRAL.key();
    private static final String NEUTRALS = "neutrals";
    private static final String NEUTRAL_PROMPT_FILE = "neutral_prompt_file";
    private static final String PROMPT_FILE = "prompt_file";
    private static final String RESOLUTION = PromptKey.RESOLUTION.key();
    private static final String MULTIPLIER = PromptKey.MULTIPLIER.key();

    private static final List<PromptKey> NUMBERS = List.of(
            PromptKey.GUIDANCE_SCALE,
            PromptKey.BATCH_SIZE,
            PromptKey.DYNAMIC_RESOLUTION,
            PromptKey.DYNAMIC_CROPS,
            PromptKey.WEIGHT);

    private static final PromptPair DEFAULTS = PromptPair.preserve("").build();

    private static final String SIZES =
            "a number, [height, width], or a list of these, such as [[512, 512], [768, 512]]";

    private final KohyaTable own;
    private final KohyaTable all;
    private final SettingsSection section;
    private final Problems problems;

    /** All keys, in the order of messages. */
    static Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>(List.of(
                TARGET_CLASS, POSITIVE, NEGATIVE, NEUTRAL, NEUTRALS, NEUTRAL_PROMPT_FILE, PROMPT_FILE, RESOLUTION));
        keys.add(RESOLUTIONS);
        NUMBERS.forEach(key -> keys.add(key.key()));
        keys.add(MULTIPLIER);
        return keys;
    }

    /**
     * A slider that is to be read.
     *
     * @param own the keys of its table
     * @param all these and the defaults
     */
    KohyaSlider(KohyaTable own, KohyaTable all, Problems problems) {
        this.own = own;
        this.all = all;
        this.section = all.section(problems);
        this.problems = problems;
    }

    /** A goal, and the sign of the strength at which it is trained. */
    private record Direction(String positive, String unconditional, PromptAction action, int sign) {}

    /** The sides of images. */
    private record Size(int height, int width) {}

    /**
     * The pairs that it stands for; none after a problem, which is noted.
     *
     * @param most as many at most
     */
    List<PromptPair> pairs(NeutralPrompts neutralPrompts, int most) {
        String target = section.required(TARGET_CLASS, Kind.TEXT, "the words that the slider acts on, \"\" for all");
        List<Direction> directions =
                directions(section.value(POSITIVE, Kind.TEXT, ""), section.value(NEGATIVE, Kind.TEXT, ""));
        List<Size> sizes = sizes();
        List<String> neutrals = neutrals(neutralPrompts);
        double multiplier = section.value(MULTIPLIER, Kind.NUMBER, 1.0);
        section.apply(MULTIPLIER, multiplier, PromptPair.everywhere(PromptAction.ENHANCE)::multiplier);
        double count = (double) directions.size() * sizes.size() * neutrals.size();
        if (count > most) {
            problems.add(
                    all.place(),
                    "the slider stands for " + (long) count + " pairs; expected at most " + most
                            + ": name fewer neutral prompts or resolutions");
            return List.of();
        }
        List<PromptPair> pairs = new ArrayList<>();
        for (String neutral : neutrals) {
            for (Size size : sizes) {
                for (Direction direction : directions) {
                    PromptPair.Builder builder = builder(target, direction.action())
                            .positive(direction.positive())
                            .unconditional(direction.unconditional())
                            .neutral(neutral);
                    if (multiplier != 0 && Double.isFinite(multiplier)) {
                        builder.multiplier(direction.sign() * multiplier);
                    }
                    PromptPair pair = built(builder, size);
                    if (pair != null) {
                        pairs.add(pair);
                    }
                }
            }
        }
        return pairs;
    }

    private static PromptPair.Builder builder(String target, PromptAction action) {
        if (target.isBlank()) {
            return PromptPair.everywhere(action);
        }
        return action == PromptAction.ENHANCE ? PromptPair.enhance(target) : PromptPair.erase(target);
    }

    private @Nullable PromptPair built(PromptPair.Builder builder, Size size) {
        NUMBERS.forEach(key -> key.read(section, key.key(), builder));
        String key = all.has(RESOLUTIONS) ? RESOLUTIONS : RESOLUTION;
        if (size.height() == size.width()) {
            section.apply(key, size.height(), builder::resolution);
        } else {
            section.apply(key, size, sides -> builder.resolution(sides.height(), sides.width()));
            builder.dynamicResolution(false);
        }
        try {
            return builder.build();
        } catch (InvalidSettingException e) {
            problems.add(all.place(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private List<Direction> directions(String positive, String negative) {
        boolean hasPositive = !positive.isBlank();
        boolean hasNegative = !negative.isBlank();
        if (hasPositive && hasNegative) {
            return List.of(
                    new Direction(negative, positive, PromptAction.ERASE, 1),
                    new Direction(positive, negative, PromptAction.ENHANCE, 1),
                    new Direction(positive, negative, PromptAction.ERASE, -1),
                    new Direction(negative, positive, PromptAction.ENHANCE, -1));
        } else if (hasNegative) {
            return List.of(
                    new Direction(negative, "", PromptAction.ERASE, 1),
                    new Direction(negative, "", PromptAction.ENHANCE, -1));
        } else if (hasPositive) {
            return List.of(
                    new Direction(positive, "", PromptAction.ENHANCE, 1),
                    new Direction(positive, "", PromptAction.ERASE, -1));
        }
        problems.add(
                all.place(),
                "the slider has neither a positive nor a negative; expected at least one, to which it leads at positive or"
                        + " negative strength");
        return List.of();
    }

    /** Those of its own table, or else all that the defaults name together; the neutral one where there are none. */
    private List<String> neutrals(NeutralPrompts files) {
        List<String> neutrals = new ArrayList<>();
        List<String> given = List.of(NEUTRALS, NEUTRAL_PROMPT_FILE, PROMPT_FILE, NEUTRAL);
        String first = given.stream().filter(own::has).findFirst().orElse(null);
        if (first != null) {
            given.stream()
                    .filter(key -> own.has(key) && !key.equals(first))
                    .forEach(key -> problems.warn(
                            own.line(key), key + " has no effect beside " + first + ", as in sd-scripts"));
            if (!first.equals(NEUTRAL)) {
                read(first, files, neutrals);
            }
        } else {
            given.stream()
                    .filter(key -> all.has(key) && !key.equals(NEUTRAL))
                    .forEach(key -> read(key, files, neutrals));
        }
        return neutrals.isEmpty() ? List.of(section.value(NEUTRAL, Kind.TEXT, "")) : neutrals;
    }

    private void read(String key, NeutralPrompts files, List<String> neutrals) {
        if (key.equals(NEUTRALS)) {
            neutrals.addAll(Objects.requireNonNullElse(section.values(key, Kind.TEXT), List.of()));
        } else {
            String file = section.value(key, Kind.PATH);
            if (file != null) {
                section.apply(key, file, path -> neutrals.addAll(files.read(path)));
            }
        }
    }

    private List<Size> sizes() {
        List<Size> sizes = new ArrayList<>();
        if (!all.has(RESOLUTIONS)) {
            if (all.has(RESOLUTION)) {
                addAll(sizes, RESOLUTION);
            } else {
                sizes.add(new Size(DEFAULTS.height(), DEFAULTS.width()));
            }
        } else if (all.has(RESOLUTION) && (own.has(RESOLUTION) || !own.has(RESOLUTIONS))) {
            section.report(
                    RESOLUTION,
                    "is given beside resolutions of line " + all.line(RESOLUTIONS) + "; remove one of them");
        } else {
            addAll(sizes, RESOLUTIONS);
        }
        KohyaPrompts.warnOfDynamics(
                all,
                sizes.stream().anyMatch(size -> size.height() == size.width()),
                sizes.stream().anyMatch(size -> size.height() != size.width()),
                problems);
        return sizes;
    }

    private void addAll(List<Size> sizes, String key) {
        Node value = all.value(key);
        boolean isListOfLists = value instanceof SequenceNode list
                && !list.getValue().isEmpty()
                && list.getValue().get(0) instanceof SequenceNode;
        for (Node each : isListOfLists ? ((SequenceNode) value).getValue() : List.of(value)) {
            Size size = size(each);
            if (size == null) {
                section.report(key, "is " + shown(value) + "; expected " + SIZES);
                return;
            }
            sizes.add(size);
            if (key.equals(RESOLUTIONS) && value instanceof SequenceNode && !isListOfLists) {
                warnOfOneSize(size);
            }
        }
    }

    private void warnOfOneSize(Size size) {
        problems.warn(
                all.line(RESOLUTIONS),
                "resolutions is one size, of height " + size.height() + " and width " + size.width()
                        + ", as in sd-scripts; for two square sizes write [[" + size.height() + ", " + size.height()
                        + "], [" + size.width() + ", " + size.width() + "]]");
    }

    private static @Nullable Size size(Node value) {
        List<Node> sides = value instanceof SequenceNode list ? list.getValue() : Collections.nCopies(2, value);
        if (sides.size() != 2) {
            return null;
        }
        Integer height = side(sides.get(0));
        Integer width = side(sides.get(1));
        return height == null || width == null ? null : new Size(height, width);
    }

    private static @Nullable Integer side(Node value) {
        return value instanceof ScalarNode scalar ? Kind.INTEGER.reader().apply(scalar.getValue()) : null;
    }

    private static String shown(Node value) {
        if (value instanceof SequenceNode list) {
            return list.getValue().stream().map(KohyaSlider::shown).toList().toString();
        }
        return value instanceof ScalarNode scalar ? scalar.getValue() : "a table";
    }
}
