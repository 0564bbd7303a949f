package io.github.txt2lora;

import java.util.List;
import java.util.stream.Collectors;

/** The targets that prompts teach. */
final class Targets {

    private Targets() {}

    /** Whether several are taught at one strength of the LoRA, as the ends of a slider are not. */
    static boolean areSeveral(List<PromptPair> prompts) {
        return prompts.stream()
                .filter(pair -> !pair.preserves())
                .collect(Collectors.groupingBy(PromptPair::multiplier, Collectors.counting()))
                .values()
                .stream()
                .anyMatch(targets -> targets > 1);
    }
}
