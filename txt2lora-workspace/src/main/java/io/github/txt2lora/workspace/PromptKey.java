package io.github.txt2lora.workspace;

import io.github.txt2lora.HintPicture;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of what an entry of a prompts file can say, in the order in which it is written. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum PromptKey {
    TARGET("target", "required", Kind.TEXT, PromptPair::target),
    POSITIVE("positive", "the target", Kind.TEXT, PromptPair::positive),
    UNCONDITIONAL("unconditional", "empty", Kind.TEXT, PromptPair::unconditional),
    NEUTRAL("neutral", "the unconditional", Kind.TEXT, PromptPair::neutral),
    ACTION("action", "`erase`", Kind.of(Actions.WORDS), PromptPair::action),
    GUIDANCE_SCALE("guidance_scale", "1.0", Kind.NUMBER, PromptPair::guidanceScale, PromptPair.Builder::guidanceScale),
    RESOLUTION("resolution", "512; or `[height, width]` (unknown to LECO)", Sides::write, Sides::read, true),
    BATCH_SIZE("batch_size", "1", Kind.INTEGER, PromptPair::batchSize, PromptPair.Builder::batchSize),
    DYNAMIC_RESOLUTION(
            "dynamic_resolution",
            "`false`",
            Kind.FLAG,
            PromptPair::dynamicResolution,
            PromptPair.Builder::dynamicResolution),
    DYNAMIC_CROPS("dynamic_crops", "`false`", Kind.FLAG, PromptPair::dynamicCrops, PromptPair.Builder::dynamicCrops),
    MULTIPLIER(
            "multiplier",
            "1.0; strength of the LoRA while the entry is trained, not 0 (unknown to LECO)",
            Kind.NUMBER,
            PromptPair::multiplier,
            PromptPair.Builder::multiplier),
    WEIGHT(
            "weight",
            "1.0; factor on the loss of the entry (unknown to LECO)",
            Kind.NUMBER,
            PromptPair::weight,
            PromptPair.Builder::weight),
    PICTURES(
            "pictures",
            "none; a list of up to 10 files, or of `{file: FILE, caption: WORDS}` (unknown to LECO)",
            Pictures::write,
            Pictures::read,
            false),
    PICTURE_WEIGHT(
            "picture_weight",
            "1.0; how far the pictures change what the words say (unknown to LECO)",
            pair -> ScalarText.number(pair.pictureWeight()),
            (entry, key, builder) -> {
                Double weight = entry.value(key, Kind.NUMBER);
                if (weight != null) {
                    entry.apply(key, weight, builder::pictureWeight);
                }
            },
            false);

    /** Words of an enum's constants must be there before them. */
    private static final class Actions {

        static final Words<PromptAction> WORDS =
                Words.of("erase", PromptAction.ERASE).and("enhance", PromptAction.ENHANCE);
    }

    /** The sides of images: one for square ones, or height and width. */
    private static final class Sides {

        static String write(PromptPair pair) {
            return pair.height() == pair.width()
                    ? String.valueOf(pair.height())
                    : "[" + pair.height() + ", " + pair.width() + "]";
        }

        static void read(SettingsSection entry, String key, PromptPair.Builder builder) {
            List<Integer> sides = entry.values(key, Kind.INTEGER);
            if (sides == null) {
                return;
            }
            if (sides.size() == 1) {
                entry.apply(key, sides.get(0), builder::resolution);
            } else if (sides.size() == 2) {
                entry.apply(key, sides, given -> builder.resolution(given.get(0), given.get(1)));
            } else {
                entry.report(key, sides.toString(), "one side, or [height, width]");
            }
        }
    }

    /** Files with pictures, and what they show by chance. */
    private static final class Pictures {

        private static final String FILE = "file";
        private static final String CAPTION = "caption";

        /** In a form that is JSON too, as records are. */
        static String write(PromptPair pair) {
            return pair.pictures().stream().map(Pictures::write).collect(Collectors.joining(", ", "[", "]"));
        }

        private static String write(HintPicture picture) {
            String file = ScalarText.text(picture.file().toString());
            return picture.caption().isEmpty()
                    ? file
                    : "{" + ScalarText.text(FILE) + ": " + file + ", " + ScalarText.text(CAPTION) + ": "
                            + ScalarText.text(picture.caption()) + "}";
        }

        static void read(SettingsSection entry, String key, PromptPair.Builder builder) {
            List<SettingsSection> pictures = entry.sections(key, FILE);
            if (pictures == null) {
                return;
            }
            for (SettingsSection picture : pictures) {
                String file = picture.required(FILE, Kind.PATH, "the path of a picture");
                String caption = picture.value(CAPTION, Kind.TEXT, "");
                picture.reportUnknownKeys();
                try {
                    builder.picture(Path.of(file), caption);
                } catch (InvalidPathException e) {
                    picture.report(FILE, file, "a path: " + e.getReason());
                } catch (InvalidSettingException e) {
                    picture.report(FILE, e.getMessage());
                }
            }
        }
    }

    private final String key;
    private final String unset;
    private final boolean isNumber;
    private final Function<PromptPair, String> writer;
    private final Entry reader;

    /** Takes a value from an entry into a builder. */
    private interface Entry {

        void read(SettingsSection entry, String key, PromptPair.Builder builder);
    }

    /** A value that others depend on, so that it is read together with them. */
    <T> PromptKey(String key, String unset, Kind<T> kind, Function<PromptPair, T> getter) {
        this.key = key;
        this.unset = unset;
        isNumber = false;
        writer = getter.andThen(kind.writer());
        reader = (entry, name, builder) -> {};
    }

    <T> PromptKey(
            String key,
            String unset,
            Kind<T> kind,
            Function<PromptPair, T> getter,
            BiConsumer<PromptPair.Builder, T> setter) {
        this.key = key;
        this.unset = unset;
        isNumber = true;
        writer = getter.andThen(kind.writer());
        reader = (entry, name, builder) -> {
            T value = entry.value(name, kind);
            if (value != null) {
                entry.apply(name, value, given -> setter.accept(builder, given));
            }
        };
    }

    /** Another value than a single one, or one that new LoRAs do not take over. */
    PromptKey(String key, String unset, Function<PromptPair, String> writer, Entry reader, boolean isNumber) {
        this.key = key;
        this.unset = unset;
        this.isNumber = isNumber;
        this.writer = writer;
        this.reader = reader;
    }

    /** All keys as they are written. */
    static Set<String> keys() {
        Set<String> keys = new LinkedHashSet<>();
        Arrays.stream(values()).forEach(key -> keys.add(key.key));
        return keys;
    }

    /** The values of an entry's keys as they are written in YAML. */
    static Map<String, String> write(PromptPair pair) {
        Map<String, String> values = new LinkedHashMap<>();
        for (PromptKey key : values()) {
            values.put(key.key, key.writer.apply(pair));
        }
        return values;
    }

    String key() {
        return key;
    }

    /** The default, as the documentation gives it. */
    String unset() {
        return unset;
    }

    /** Whether it says something besides words, which new LoRAs take over from others. */
    boolean isNumber() {
        return isNumber;
    }

    /** Takes the value of a key into a builder; problems are noted. */
    void read(SettingsSection entry, String name, PromptPair.Builder builder) {
        reader.read(entry, name, builder);
    }

    /** The action of an entry. */
    static PromptAction readAction(SettingsSection entry) {
        return entry.value(ACTION.key, Kind.of(Actions.WORDS), PromptAction.ERASE);
    }
}
