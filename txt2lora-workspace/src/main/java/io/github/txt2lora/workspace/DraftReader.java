package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.internal.FileName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads drafts by the readers of the files. A draft becomes YAML on the line on which it stands in its table, so that
 * these readers name the right line.
 */
final class DraftReader {

    private static final Set<String> PROMPT_KEYS = PromptKey.keys();

    private static final Path NO_FILE = Path.of("");

    private final Problems problems;

    DraftReader(Problems problems) {
        this.problems = problems;
    }

    /** The project that a draft describes; empty after a problem, which is noted. */
    Optional<LoraProject> read(LoraDraft draft, LoraTemplate template) {
        try {
            FileName.checkLora("name", draft.name());
        } catch (InvalidSettingException e) {
            problems.add(draft.line(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
        if (draft.name().startsWith(".")) {
            problems.add(
                    draft.line(),
                    "name is " + Problems.quote(draft.name())
                            + "; expected a name that does not begin with a dot, since" + " such files are hidden");
            return Optional.empty();
        }
        List<PromptPair> taught = isSlider(draft) ? readSlider(draft, template) : readPrompt(draft, template);
        String target = taught.isEmpty() ? draft.name() : taught.get(0).target();
        LoraSettings settings = readSettings(draft, template, target);
        if (taught.isEmpty()) {
            return Optional.empty();
        }
        List<PromptPair> prompts = new ArrayList<>(taught);
        template.kept().stream().filter(kept -> !kept.target().equals(target)).forEach(prompts::add);
        return Optional.of(new LoraProject(settings, prompts));
    }

    private static boolean isSlider(LoraDraft draft) {
        return draft.values().containsKey(SliderEntry.LOW) || draft.values().containsKey(SliderEntry.HIGH);
    }

    /** Without a target it acts on every prompt: the name of the LoRA is no prompt. */
    private List<PromptPair> readSlider(LoraDraft draft, LoraTemplate template) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(PromptKey.TARGET.key(), ScalarText.text(""));
        texts.putAll(template.promptNumbers());
        texts.remove(PromptKey.GUIDANCE_SCALE.key());
        texts.remove(PromptKey.MULTIPLIER.key());
        draft.values().forEach((key, value) -> {
            if (PROMPT_KEYS.contains(key) || key.equals(SliderEntry.LOW) || key.equals(SliderEntry.HIGH)) {
                texts.put(key, text(value));
            }
        });
        return SliderEntry.pairs(SettingsSection.of("", node(draft, texts), problems), problems);
    }

    private List<PromptPair> readPrompt(LoraDraft draft, LoraTemplate template) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("target", ScalarText.text(draft.name()));
        texts.put("action", PromptAction.ENHANCE.name().toLowerCase(Locale.ROOT));
        texts.putAll(template.promptNumbers());
        draft.values().forEach((key, value) -> {
            if (PROMPT_KEYS.contains(key)) {
                texts.put(key, text(value));
            }
        });
        PromptPair pair = LecoPromptsFile.pair(SettingsSection.of("", node(draft, texts), problems), problems);
        if (pair != null && pair.preserves()) {
            problems.add(
                    draft.line(),
                    Problems.quote(draft.name()) + " learns nothing, since its target is to mean what it means already;"
                            + " expected a positive of other words, or the action erase");
            return List.of();
        }
        return pair == null ? List.of() : List.of(pair);
    }

    private LoraSettings readSettings(LoraDraft draft, LoraTemplate template, String target) {
        Map<SettingKey, String> texts = new LinkedHashMap<>(
                SettingsDocument.write(template.settings(draft.name(), target), SettingsLayout.FLAT));
        for (SettingKey key : SettingKey.values()) {
            if (draft.values().containsKey(key.flat())) {
                key.details().forEach(texts::remove);
            }
        }
        for (SettingKey key : SettingKey.values()) {
            String value = draft.values().get(key.flat());
            if (value != null) {
                texts.put(key, text(value));
            }
        }
        Map<String, String> byName = new LinkedHashMap<>();
        texts.forEach((key, text) -> byName.put(key.flat(), text));
        return SettingsDocument.read(
                new SettingsKeys(SettingsLayout.FLAT, node(draft, byName), problems), draft.name());
    }

    private static String text(String value) {
        return SettingOverrides.elements(value).map(ScalarText::texts).orElseGet(() -> ScalarText.text(value));
    }

    private static Node node(LoraDraft draft, Map<String, String> texts) {
        String mapping = texts.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
        Node node = SettingsYaml.compose(draft.table().orElse(NO_FILE), "\n".repeat(draft.line() - 1) + mapping);
        if (node == null) {
            throw new IllegalStateException("the mapping is not empty");
        }
        return node;
    }
}
