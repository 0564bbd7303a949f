package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SavingSpec;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The settings of a LoRA while they are read: those of the layout, changed by key after key of {@link SettingKey}. */
final class SettingsDraft {

    private static final List<SettingKey> ROLLOUTS =
            List.of(SettingKey.NOISE_SCHEDULER, SettingKey.MAX_DENOISING_STEPS, SettingKey.ROLLOUT_GUIDANCE_SCALE);

    private final SettingsKeys keys;
    private final TrainingSpec defaults;
    private final TrainingSpec.Builder spec;
    private final LoraSpec.Builder lora;
    private final PreviewSettings.Builder preview = PreviewSettings.builder();
    private RolloutSpec rollout = RolloutSpec.defaults();
    private NonFinitePolicy nonFinitePolicy;
    private List<ModelAddress> alsoOn = List.of();

    private SettingsDraft(SettingsKeys keys) {
        this.keys = keys;
        defaults = keys.layout().defaults();
        spec = defaults.toBuilder();
        lora = defaults.lora().toBuilder();
        nonFinitePolicy = defaults.nonFinitePolicy();
    }

    /** Reads the settings of a LoRA from all keys; errors go to the problems of the keys. */
    static LoraSettings read(SettingsKeys keys, String name) {
        var draft = new SettingsDraft(keys);
        for (SettingKey key : SettingKey.values()) {
            key.read(draft);
        }
        LoraSettings settings = new LoraSettings(
                name,
                ModelKeys.read(keys),
                draft.alsoOn,
                draft.buildSpec(),
                ResizeKeys.read(keys),
                draft.buildPreview());
        keys.reportUnknownKeys();
        return settings;
    }

    /** Reads a training from its keys. */
    static TrainingSpec readSpec(SettingsKeys keys) {
        var draft = new SettingsDraft(keys);
        for (SettingKey key : SettingKey.values()) {
            if (key.part() == SettingPart.TRAINING) {
                key.read(draft);
            }
        }
        return draft.buildSpec();
    }

    private TrainingSpec buildSpec() {
        spec.lora(lora.build()).nonFinitePolicy(nonFinitePolicy);
        if (!keys.given(SettingKey.LATENTS)) {
            spec.method(method -> method.withRollout(usual -> rollout));
        }
        try {
            TrainingSpec built = spec.build();
            warnOfUnused(built.method().latents());
            return built;
        } catch (InvalidSettingException e) {
            keys.report(
                    e.setting().flatMap(SettingKey::ofProperty).orElse(SettingKey.TRAIN_ITERATIONS), e.getMessage());
            return defaults;
        }
    }

    private void warnOfUnused(LatentSource latents) {
        if (latents.rolloutSpec().isEmpty()) {
            ROLLOUTS.stream()
                    .filter(keys::given)
                    .filter(key -> key != SettingKey.ROLLOUT_GUIDANCE_SCALE || !isShortRollout(latents))
                    .forEach(key -> keys.warn(
                            key,
                            keys.value(key, Kind.TEXT, ""),
                            "without effect, since no latents come from such a rollout"));
        }
    }

    private static boolean isShortRollout(LatentSource latents) {
        return latents instanceof LatentSource.ShortRollout
                || (latents instanceof LatentSource.Mixture mixture
                        && mixture.shares().stream().anyMatch(share -> isShortRollout(share.source())));
    }

    private PreviewSettings buildPreview() {
        try {
            return preview.build();
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.PREVIEW_SEEDS, e.getMessage());
            return PreviewSettings.defaults();
        }
    }

    SettingsKeys keys() {
        return keys;
    }

    /** Takes a value over, noting what the API objects to; null is none. */
    <T> void set(SettingKey key, @Nullable T value, BiConsumer<SettingsDraft, T> setter) {
        if (value != null) {
            try {
                setter.accept(this, value);
            } catch (InvalidSettingException e) {
                keys.report(key, e.getMessage());
            }
        }
    }

    TrainingSpec.Builder spec() {
        return spec;
    }

    LoraSpec.Builder lora() {
        return lora;
    }

    PreviewSettings.Builder preview() {
        return preview;
    }

    void alsoOn(List<ModelAddress> models) {
        alsoOn = List.copyOf(models);
    }

    RolloutSpec rollout() {
        return rollout;
    }

    NonFinitePolicy nonFinitePolicy() {
        return nonFinitePolicy;
    }

    void nonFinitePolicy(NonFinitePolicy policy) {
        nonFinitePolicy = policy;
    }

    void rollout(UnaryOperator<RolloutSpec> change) {
        rollout = change.apply(rollout);
    }

    void method(UnaryOperator<TrainingMethod> change) {
        spec.method(change);
    }

    void startFrom(LoraStart.FromLora start) {
        if (keys.given(SettingKey.START)) {
            keys.report(SettingKey.START_FROM, "is given beside start; expected one of them");
        } else {
            method(method -> method.withStart(start));
        }
    }

    void states(UnaryOperator<StateSpec> change) {
        spec.saving(saving -> saving.withStates(change.apply(saving.states())));
    }

    void saving(UnaryOperator<SavingSpec> change) {
        spec.saving(change);
    }

    void rule(UnaryOperator<StopRule> change) {
        spec.stopping(stopping -> stopping.withRule(change.apply(stopping.rule())));
    }
}
