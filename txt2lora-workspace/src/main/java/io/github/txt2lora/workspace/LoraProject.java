package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.PublicAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a workspace says about one LoRA.
 *
 * @param settings settings from {@code config/NAME.yaml}
 * @param prompts prompts from {@code prompts/NAME.yaml}, at least one
 */
public record LoraProject(LoraSettings settings, List<PromptPair> prompts) {

    /**
     * Checks that there are prompts.
     *
     * @throws InvalidSettingException if there are none
     */
    public LoraProject {
        Check.given("settings", settings);
        prompts = List.copyOf(Check.given("prompts", prompts));
        if (prompts.isEmpty()) {
            throw new InvalidSettingException("prompts is empty; expected at least one PromptPair");
        }
    }

    /** All that this says, default or not, as text; the model's address without what may be secret. */
    public ProjectTexts texts() {
        Map<String, String> keys = new LinkedHashMap<>();
        SettingsDocument.write(settings, SettingsLayout.FLAT).forEach((key, text) -> keys.put(key.flat(), text));
        if (settings.model() instanceof ModelAddress.Named named) {
            named.url().ifPresent(url -> keys.put(SettingKey.MODEL_URL.flat(), ScalarText.text(PublicAddress.of(url))));
        }
        return new ProjectTexts(keys, prompts.stream().map(PromptKey::write).toList());
    }

    /** The settings of the resize, as text by key. */
    public Map<String, String> resizeTexts() {
        return texts(SettingPart.RESIZE);
    }

    /** The settings of the preview, as text by key. */
    public Map<String, String> previewTexts() {
        return texts(SettingPart.PREVIEW);
    }

    private Map<String, String> texts(SettingPart part) {
        Map<String, String> texts = new TreeMap<>();
        SettingsDocument.write(settings, SettingsLayout.FLAT).forEach((key, text) -> {
            if (key.part() == part && key.affectsResult()) {
                texts.put(key.flat(), text);
            }
        });
        return texts;
    }

    /** The LoRA's name. */
    public String name() {
        return settings.name();
    }
}
