package io.github.txt2lora.workspace;

import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The table of what an entry of a prompts file can say, in the order in which it is written. */
@SuppressWarnings("ImmutableEnumChecker") // functions without state
enum PromptKey {
    TARGET("target", "required", Kind.TEXT, PromptPair::target),
    POSITIVE("positive", "the target", Kind.TEXT, PromptPair::positive),
    UNCONDITIONAL("unconditional", "empty", Kind.TEXT, PromptPair::unconditional),
    NEUTRAL("neutral", "the unconditional", Kind.TEXT, PromptPair::neutral),
    ACTION("action", "`erase`", Kind.of(Actions.WORDS), PromptPair::action),
    GUIDANCE_SCALE("guidance_scale", "1.0", Kind.NUMBER, PromptPair::guidanceScale, PromptPair.Builder::guidanceScale),
    RESOLUTION("resolution", "512", Kind.INTEGER, PromptPair::resolution, PromptPair.Builder::resolution),
    BATCH_SIZE("batch_size", "1", Kind.INTEGER, PromptPair::batchSize, PromptPair.Builder::batchSize),
    DYNAMIC_RESOLUTION(
            "dynamic_resolution",
            "`false`",
            Kind.FLAG,
            PromptPair::dynamicResolution,
            PromptPair.Builder::dynamicResolution),
    DYNAMIC_CROPS("dynamic_crops", "`false`", Kind.FLAG, PromptPair::dynamicCrops, PromptPair.Builder::dynamicCrops),
    WEIGHT(
            "weight",
            "1.0; factor on the loss of the entry (unknown to LECO)",
            Kind.NUMBER,
            PromptPair::weight,
            PromptPair.Builder::weight);

    /** Words of an enum's constants must be there before them. */
    private static final class Actions {

        static final Words<PromptAction> WORDS =
                Words.of("erase", PromptAction.ERASE).and("enhance", PromptAction.ENHANCE);
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
