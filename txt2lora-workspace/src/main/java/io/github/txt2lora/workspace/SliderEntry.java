package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.Slider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An entry of a prompts file that stands for the two pairs of a {@link Slider}: it has the ends of one. */
final class SliderEntry {

    static final String LOW = "low";
    static final String HIGH = "high";

    /** Of pairs alone: the ends say all of it. */
    private static final Set<PromptKey> OF_PAIRS = Set.of(
            PromptKey.POSITIVE,
            PromptKey.UNCONDITIONAL,
            PromptKey.NEUTRAL,
            PromptKey.ACTION,
            PromptKey.MULTIPLIER,
            PromptKey.PICTURES,
            PromptKey.PICTURE_WEIGHT);

    private SliderEntry() {}

    /** Whether an entry is one. */
    static boolean isOne(SettingsSection entry) {
        return entry.has(LOW) || entry.has(HIGH);
    }

    /** The pairs that it stands for; none after a problem, which is noted. */
    static List<PromptPair> pairs(SettingsSection entry, Problems problems) {
        String target = entry.required(
                PromptKey.TARGET.key(), Kind.TEXT, "the words that the slider acts on, \"\" for every prompt");
        String low = entry.required(LOW, Kind.TEXT, "the words of the other end of the slider");
        String high = entry.required(HIGH, Kind.TEXT, "the words of the other end of the slider");
        for (PromptKey key : PromptKey.values()) {
            if (OF_PAIRS.contains(key) && entry.has(key.key())) {
                entry.report(key.key(), "is given beside low and high; expected a slider without it");
            }
        }
        List<PromptPair> pairs = new ArrayList<>();
        try {
            List<PromptPair> ends = Slider.between(low, high).of(target).pairs();
            PromptPair.Builder builder = ends.get(0).toBuilder();
            for (PromptKey key : PromptKey.values()) {
                if (!OF_PAIRS.contains(key)) {
                    key.read(entry, key.key(), builder);
                }
            }
            PromptPair upwards = builder.build();
            pairs.add(upwards);
            pairs.add(upwards.toBuilder()
                    .positive(ends.get(1).positive())
                    .unconditional(ends.get(1).unconditional())
                    .multiplier(ends.get(1).multiplier())
                    .build());
        } catch (InvalidSettingException e) {
            problems.add(entry.line(), e.getMessage());
        }
        entry.reportUnknownKeys();
        return pairs;
    }
}
