package io.github.txt2lora.ops;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A change of a file's metadata. The hashes ({@code sshs_...}) cannot be set, since they are computed from the file.
 *
 * @param values new or changed values by key
 * @param removed keys to remove; missing keys are ignored
 */
public record MetadataEdit(Map<String, String> values, Set<String> removed) {

    private static final String HASH_PREFIX = "sshs_";

    /** Checks the keys. */
    public MetadataEdit {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        removed = Collections.unmodifiableSet(new LinkedHashSet<>(removed));
        for (Map.Entry<String, String> entry : values.entrySet()) {
            String key = Check.given("metadata key", entry.getKey());
            Check.given("metadata " + key, entry.getValue());
            if (key.startsWith(HASH_PREFIX)) {
                throw new InvalidSettingException("metadata key " + key
                        + " cannot be set; it is computed from the file: choose a key without " + HASH_PREFIX);
            }
            if (removed.contains(key)) {
                throw new InvalidSettingException("metadata key " + key + " is both set and removed; choose one");
            }
        }
    }

    /** An edit without changes. */
    public static MetadataEdit none() {
        return new MetadataEdit(Map.of(), Set.of());
    }

    /** A copy that also sets a value. */
    public MetadataEdit set(String key, String value) {
        Map<String, String> more = new LinkedHashMap<>(values);
        more.put(key, value);
        return new MetadataEdit(more, removed);
    }

    /** A copy that also removes a key. */
    public MetadataEdit remove(String key) {
        Set<String> more = new LinkedHashSet<>(removed);
        more.add(key);
        return new MetadataEdit(values, more);
    }

    /** The metadata after the edit. */
    public Map<String, String> applyTo(Map<String, String> metadata) {
        Map<String, String> edited = new LinkedHashMap<>(metadata);
        edited.keySet().removeAll(removed);
        edited.putAll(values);
        return edited;
    }
}
