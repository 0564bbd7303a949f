package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.NearestWord;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A LoRA that is to come into a workspace, as a command line or a row of a table describes it. The values are texts;
 * {@link NewLoras} reads them.
 *
 * @param name the LoRA's name
 * @param values by keys that are among {@link #keys()}; lists are in brackets
 * @param table the file with the row; empty for a command line, of which messages name no place
 * @param line of the row, from 1
 */
public record LoraDraft(String name, Map<String, String> values, Optional<Path> table, int line) {

    private static final Set<String> KEYS = allKeys();

    /**
     * Checks the keys.
     *
     * @throws InvalidSettingException if one is unknown; the message names the nearest
     */
    public LoraDraft {
        Check.given("name", name);
        values = Collections.unmodifiableMap(new LinkedHashMap<>(Check.given("values", values)));
        Check.given("table", table);
        Check.atLeast("line", line, 1);
        values.keySet().forEach(LoraDraft::requireKnown);
    }

    /** The keys of an entry of a prompts file, those of a slider among them, then those of a file with settings, all but {@code lora_name}. */
    public static Set<String> keys() {
        return KEYS;
    }

    private static Set<String> allKeys() {
        Set<String> keys = PromptKey.keys();
        keys.add(SliderEntry.LOW);
        keys.add(SliderEntry.HIGH);
        Arrays.stream(SettingKey.values())
                .filter(key -> key != SettingKey.LORA_NAME)
                .map(SettingKey::flat)
                .forEach(keys::add);
        return Collections.unmodifiableSet(keys);
    }

    private static void requireKnown(String key) {
        if (!KEYS.contains(key)) {
            throw new InvalidSettingException("the key " + Problems.quote(key) + " is unknown; "
                    + NearestWord.closeTo(key, KEYS)
                            .map(near -> "did you mean " + near + "?")
                            .orElseGet(() -> "expected one of " + String.join(", ", KEYS)));
        }
    }
}
