package io.github.txt2lora.workspace;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
            } else if (this.root.has(key.flat()) && this.root.has(key.alias())) {
                this.root.report(key.alias(), "is given beside " + key.flat() + "; remove one of them");
                this.root.remove(key.alias());
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
        String name = path.isEmpty() ? key.flat() : path.get(path.size() - 1);
        return name.equals(key.flat()) && root.has(key.alias()) ? key.alias() : name;
    }

    /** Whether the file says anything about a setting. */
    boolean given(SettingKey key) {
        return section(key).given(name(key));
    }

    /** The value of a setting; a problem, which is noted, and its absence give null. */
    <T> @Nullable T value(SettingKey key, Kind<T> kind) {
        return section(key).value(name(key), kind);
    }

    /** The value of a setting; a problem, which is noted, and its absence give the fallback. */
    <T> T value(SettingKey key, Kind<T> kind, T fallback) {
        return section(key).value(name(key), kind, fallback);
    }

    /** The values of a list; a problem, which is noted, and its absence give null. */
    <T> @Nullable List<T> values(SettingKey key, Kind<T> kind) {
        return section(key).values(name(key), kind);
    }

    /** Whether a setting has a list, or keys and values. */
    boolean isList(SettingKey key) {
        return section(key).isList(name(key));
    }

    /** The texts of a list, of keys and values, or of a single value; a problem, which is noted, gives null. */
    @Nullable
    List<String> texts(SettingKey key) {
        return section(key).texts(name(key));
    }

    /** Notes something that the user should know about a value. */
    void warn(SettingKey key, String found, String text) {
        section(key).warn(name(key), found, text);
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
