package io.github.txt2lora.workspace;

import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** In which keys a file of settings says what it says. */
enum SettingsLayout {
    /** Txt2Lora's: all keys side by side. The defaults are those of the API. */
    FLAT,
    /** LECO's, with its sections and its defaults; settings without a key in LECO cannot be written. */
    LECO,
    /** LECO's, where what LECO has no key for stands beside its sections, under the keys of {@link #FLAT}. */
    LECO_EXTENDED;

    /** LECO's sections; the first key of each is enough to tell its layout from the flat one. */
    private static final Set<String> LECO_KEYS =
            Set.of("prompts_file", "pretrained_model", "network", "train", "save", "logging", "other");

    private static final TrainingSpec LECO_DEFAULTS = TrainingSpec.leco()
            .iterations(500)
            .modelUse(use -> use.withPrecision(Precision.BF16))
            .saving(saving -> saving.withPrecision(Precision.FP32).withEveryIterations(200))
            .build();

    /** The layout of a file in a workspace, told by its keys: LECO's as soon as it has one of LECO's. */
    static SettingsLayout of(@Nullable Node root) {
        boolean leco = root instanceof MappingNode mapping
                && mapping.getValue().stream()
                        .anyMatch(entry ->
                                entry.getKeyNode() instanceof ScalarNode key && LECO_KEYS.contains(key.getValue()));
        return leco ? LECO_EXTENDED : FLAT;
    }

    /** The key under which a setting stands, after the section that the key is in, if it is in one; empty for none. */
    List<String> path(SettingKey key) {
        return switch (this) {
            case FLAT -> List.of(key.flat());
            case LECO -> key.leco();
            case LECO_EXTENDED -> key.leco().isEmpty() ? List.of(key.flat()) : key.leco();
        };
    }

    /** The settings of a file that is silent about them. */
    TrainingSpec defaults() {
        return this == FLAT ? TrainingSpec.builder().build() : LECO_DEFAULTS;
    }

    /** The treatment of unknown keys; LECO ignores them. */
    UnknownKeys unknownKeys() {
        return this == FLAT ? UnknownKeys.REFUSED : UnknownKeys.IGNORED;
    }
}
