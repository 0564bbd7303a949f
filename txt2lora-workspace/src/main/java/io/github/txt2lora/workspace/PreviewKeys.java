package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;

/** The keys of the preview. */
final class PreviewKeys {

    private PreviewKeys() {}

    static PreviewSettings read(SettingsKeys keys) {
        PreviewSettings defaults = PreviewSettings.defaults();
        PreviewSettings.Builder builder = PreviewSettings.builder()
                .enabled(keys.flag(SettingKey.PREVIEW, defaults.enabled()))
                .prompts(keys.texts(SettingKey.PREVIEW_PROMPTS, defaults.prompts()))
                .places(keys.texts(SettingKey.PREVIEW_PLACES, defaults.places()))
                .negativePrompt(keys.text(SettingKey.PREVIEW_NEGATIVE_PROMPT, defaults.negativePrompt()))
                .seeds(keys.wholeNumbers(SettingKey.PREVIEW_SEEDS, defaults.seeds()));
        keys.apply(SettingKey.PREVIEW_WIDTH, keys.integerIfGiven(SettingKey.PREVIEW_WIDTH), builder::width);
        keys.apply(SettingKey.PREVIEW_HEIGHT, keys.integerIfGiven(SettingKey.PREVIEW_HEIGHT), builder::height);
        keys.apply(SettingKey.PREVIEW_STEPS, keys.integer(SettingKey.PREVIEW_STEPS, defaults.steps()), builder::steps);
        keys.apply(
                SettingKey.PREVIEW_GUIDANCE_SCALE,
                keys.number(SettingKey.PREVIEW_GUIDANCE_SCALE, defaults.guidanceScale()),
                builder::guidanceScale);
        keys.apply(
                SettingKey.PREVIEW_SAMPLER,
                keys.text(SettingKey.PREVIEW_SAMPLER, defaults.scheduler().displayName()),
                name -> builder.scheduler(SchedulerType.parse(name)));
        keys.apply(
                SettingKey.PREVIEW_LORA_WEIGHT,
                keys.number(SettingKey.PREVIEW_LORA_WEIGHT, defaults.loraWeight()),
                builder::loraWeight);
        try {
            return builder.build();
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.PREVIEW_SEEDS, e.getMessage());
            return defaults;
        }
    }

    static void write(PreviewSettings preview, SettingsTexts texts) {
        texts.flag(SettingKey.PREVIEW, preview.enabled());
        texts.texts(SettingKey.PREVIEW_PROMPTS, preview.prompts());
        texts.texts(SettingKey.PREVIEW_PLACES, preview.places());
        texts.text(SettingKey.PREVIEW_NEGATIVE_PROMPT, preview.negativePrompt());
        texts.wholeNumbers(SettingKey.PREVIEW_SEEDS, preview.seeds());
        texts.wholeNumber(SettingKey.PREVIEW_WIDTH, preview.width());
        texts.wholeNumber(SettingKey.PREVIEW_HEIGHT, preview.height());
        texts.wholeNumber(SettingKey.PREVIEW_STEPS, preview.steps());
        texts.number(SettingKey.PREVIEW_GUIDANCE_SCALE, preview.guidanceScale());
        texts.text(SettingKey.PREVIEW_SAMPLER, preview.scheduler().displayName());
        texts.number(SettingKey.PREVIEW_LORA_WEIGHT, preview.loraWeight());
    }
}
