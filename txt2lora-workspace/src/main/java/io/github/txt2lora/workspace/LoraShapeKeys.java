package io.github.txt2lora.workspace;

import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;

/** The keys {@code rank}, {@code alpha}, {@code lora_type} and {@code training_method}, whose words are LECO's. */
final class LoraShapeKeys {

    private static final Words<LoraType> TYPES =
            Words.of("lierla", LoraType.LIERLA).and("c3lier", LoraType.C3LIER);

    private static final String HSPACE =
            "trained as noxattn, which changes all blocks of the UNet, not the middle one alone";

    private static final Words<LoraTarget> TARGETS = Words.of("full", LoraTarget.FULL)
            .and("selfattn", LoraTarget.SELFATTN)
            .and("xattn", LoraTarget.XATTN)
            .and("noxattn", LoraTarget.NOXATTN)
            .and("innoxattn", LoraTarget.INNOXATTN)
            .alias(
                    "xattn-strict",
                    LoraTarget.XATTN,
                    "trained as xattn, which changes the output of cross attention too")
            .alias("noxattn-hspace", LoraTarget.NOXATTN, HSPACE)
            .alias("noxattn-hspace-last", LoraTarget.NOXATTN, HSPACE);

    private LoraShapeKeys() {}

    static LoraSpec read(SettingsKeys keys, LoraSpec defaults) {
        LoraSpec.Builder lora = defaults.toBuilder();
        keys.apply(SettingKey.RANK, keys.integer(SettingKey.RANK, defaults.rank()), lora::rank);
        keys.apply(SettingKey.ALPHA, keys.number(SettingKey.ALPHA, defaults.alpha()), lora::alpha);
        return lora.type(keys.choice(SettingKey.LORA_TYPE, TYPES, defaults.type()))
                .target(keys.choice(SettingKey.TRAINING_METHOD, TARGETS, defaults.target()))
                .build();
    }

    static void write(LoraSpec lora, SettingsTexts texts) {
        texts.wholeNumber(SettingKey.RANK, lora.rank());
        texts.number(SettingKey.ALPHA, lora.alpha());
        texts.word(SettingKey.LORA_TYPE, TYPES.word(lora.type()));
        texts.word(SettingKey.TRAINING_METHOD, TARGETS.word(lora.target()));
    }
}
