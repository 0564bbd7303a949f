package io.github.txt2lora.workspace;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A project key by key, as it stands in the files: for records, comparisons and reports.
 *
 * @param settings the keys of Txt2Lora's layout with their values in YAML, those that are not given left out; texts are
 *     in double quotes, lists of them in brackets, all on one line
 * @param prompts for each prompt, its keys with their values in YAML
 */
public record ProjectTexts(Map<String, String> settings, List<Map<String, String>> prompts) {

    /** Copies the collections. */
    public ProjectTexts {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        prompts = prompts.stream()
                .map(prompt -> Collections.unmodifiableMap(new LinkedHashMap<>(prompt)))
                .toList();
    }
}
