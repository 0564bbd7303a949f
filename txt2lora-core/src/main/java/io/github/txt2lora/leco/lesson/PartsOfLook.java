package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.PromptPair;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Prompts that join a pair's neutral prompt with a part of its positive one, for example {@code 1girl,cat ears}. Where
 * they stay as they are, the target's look belongs to the target, and its tags still mean what they meant.
 */
final class PartsOfLook {

    /** Parts of one tag, and as many of several. */
    private static final int PARTS = 3;

    private PartsOfLook() {}

    /** The prompts; none if the positive prompt is a single tag. */
    static Set<String> of(PromptPair pair) {
        List<String> tags = tags(HintedPrompt.words(pair.positive()));
        tags.removeAll(tags(pair.neutral()));
        Set<String> prompts = new LinkedHashSet<>();
        if (tags.size() < 2) {
            return prompts;
        }
        for (int part = 0; part < PARTS; part++) {
            int one = (2 * part + 1) * tags.size() / (2 * PARTS);
            int rest = part;
            prompts.add(joined(pair, tags, place -> place == one));
            if (rest < tags.size()) {
                prompts.add(joined(pair, tags, place -> place % PARTS == rest));
            }
        }
        return prompts;
    }

    private static List<String> tags(String prompt) {
        List<String> tags = new ArrayList<>();
        for (String tag : prompt.split(",", -1)) {
            if (!tag.isBlank()) {
                tags.add(tag.strip());
            }
        }
        return tags;
    }

    private static String joined(PromptPair pair, List<String> tags, IntPredicate chosen) {
        List<String> parts = new ArrayList<>(tags(pair.neutral()));
        IntStream.range(0, tags.size()).filter(chosen).mapToObj(tags::get).forEach(parts::add);
        return String.join(",", parts);
    }
}
