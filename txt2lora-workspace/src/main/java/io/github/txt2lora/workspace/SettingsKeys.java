package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads settings wherever the layout of a file has them. */
final class SettingsKeys {

    private final SettingsLayout layout;
    private final SettingsSection root;
    private final SettingsSection nowhere;
    private final Map<String, SettingsSection> sections = new LinkedHashMap<>();

    SettingsKeys(SettingsLayout layout, @Nullable Node root, Problems problems) {
        this.layout = layout;
        this.root = SettingsSection.of("", root, problems);
        nowhere = SettingsSection.of("", null, problems);
        for (SettingKey key : SettingKey.values()) {
            List<String> path = layout.path(key);
            if (path.size() > 1) {
                sections.computeIfAbsent(path.get(0), this.root::section);
            }
        }
    }

    SettingsLayout layout() {
        return layout;
    }

    /** The keys that are in no section. */
    SettingsSection root() {
        return root;
    }

    /** The section with a setting; an empty one if the layout has no place for it. */
    SettingsSection section(SettingKey key) {
        List<String> path = layout.path(key);
        return switch (path.size()) {
            case 0 -> nowhere;
            case 1 -> root;
            default -> section(path.get(0));
        };
    }

    /** A section by its name. */
    SettingsSection section(String name) {
        return sections.computeIfAbsent(name, root::section);
    }

    /** A setting's key within its section. */
    String name(SettingKey key) {
        List<String> path = layout.path(key);
        return path.isEmpty() ? key.flat() : path.get(path.size() - 1);
    }

    /** Whether the file says anything about a setting. */
    boolean given(SettingKey key) {
        return section(key).given(name(key));
    }

    String text(SettingKey key, String fallback) {
        return section(key).text(name(key), fallback);
    }

    String path(SettingKey key, String fallback) {
        return section(key).path(name(key), fallback);
    }

    /** Notes something that the user should know about a value. */
    void warn(SettingKey key, String found, String text) {
        section(key).warn(name(key), found, text);
    }

    List<String> texts(SettingKey key, List<String> fallback) {
        return section(key).texts(name(key), fallback);
    }

    List<Long> wholeNumbers(SettingKey key, List<Long> fallback) {
        return section(key).wholeNumbers(name(key), fallback);
    }

    double number(SettingKey key, double fallback) {
        return section(key).number(name(key), fallback);
    }

    BigDecimal decimal(SettingKey key, BigDecimal fallback) {
        return section(key).decimal(name(key), fallback);
    }

    int integer(SettingKey key, int fallback) {
        return section(key).integer(name(key), fallback);
    }

    OptionalInt integerIfGiven(SettingKey key) {
        return given(key) ? OptionalInt.of(integer(key, 1)) : OptionalInt.empty();
    }

    long wholeNumber(SettingKey key, long fallback) {
        return section(key).wholeNumber(name(key), fallback);
    }

    boolean flag(SettingKey key, boolean fallback) {
        return section(key).flag(name(key), fallback);
    }

    <T> T choice(SettingKey key, Words<T> words, T fallback) {
        return section(key).choice(name(key), words, fallback);
    }

    /** Hands a value to a builder of the API, noting what it objects to. */
    <T> void apply(SettingKey key, T value, Consumer<T> setter) {
        section(key).apply(name(key), value, setter);
    }

    /** A changed value, or the value itself with a note of what the API objects to. */
    <T> T applied(SettingKey key, T value, UnaryOperator<T> change) {
        try {
            return change.apply(value);
        } catch (InvalidSettingException e) {
            report(key, e.getMessage());
            return value;
        }
    }

    void report(SettingKey key, String found, String expected) {
        section(key).report(name(key), found, expected);
    }

    void report(SettingKey key, String problem) {
        section(key).report(name(key), problem);
    }

    void reportMissing(SettingKey key, String meaning) {
        section(key).reportMissing(name(key), meaning);
    }

    /** Notes every key that was not asked for. */
    void reportUnknownKeys() {
        root.reportUnknownKeys();
        sections.values().forEach(SettingsSection::reportUnknownKeys);
    }
}
