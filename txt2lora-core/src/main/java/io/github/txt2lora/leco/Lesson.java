package io.github.txt2lora.leco;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A prompt pair with the prompts that are kept while it is learned.
 *
 * @param pair what to learn
 * @param goal what its target's prediction should become
 * @param kept prompts of which each step keeps one; none if it is alone
 */
record Lesson(PromptPair pair, TeacherTarget goal, List<Kept> kept) {

    /**
     * A prompt that is to stay.
     *
     * @param prompt the words
     * @param weight what its loss is multiplied by
     */
    record Kept(String prompt, double weight) {}

    /** The lessons of a training, of which each step draws one. */
    static List<Lesson> of(List<PromptPair> pairs, Preservation preservation) {
        List<PromptPair> taught =
                pairs.stream().filter(pair -> !pair.preserves()).toList();
        if (!preservation.joint() || taught.isEmpty()) {
            return pairs.stream()
                    .map(pair -> new Lesson(weighted(pair, preservation), TeacherTarget.of(pair), List.of()))
                    .toList();
        }
        return taught.stream()
                .map(pair -> new Lesson(pair, TeacherTarget.of(pair), kept(pair, taught, pairs, preservation)))
                .toList();
    }

    private static PromptPair weighted(PromptPair pair, Preservation preservation) {
        return pair.preserves()
                ? pair.toBuilder().weight(pair.weight() * preservation.weight()).build()
                : pair;
    }

    private static List<Kept> kept(
            PromptPair pair, List<PromptPair> taught, List<PromptPair> pairs, Preservation preservation) {
        List<Kept> kept = new ArrayList<>();
        pairs.stream()
                .filter(PromptPair::preserves)
                .map(given -> new Kept(given.target(), given.weight() * preservation.weight()))
                .forEach(kept::add);
        if (preservation.automatic()) {
            Set<String> added = new LinkedHashSet<>(List.of(pair.neutral(), pair.unconditional(), pair.positive()));
            taught.forEach(other -> added.add(other.positive()));
            // neither what is taught nor what was given with a weight of its own
            added.removeAll(pairs.stream().map(PromptPair::target).collect(Collectors.toSet()));
            added.forEach(prompt -> kept.add(new Kept(prompt, preservation.weight())));
        }
        return List.copyOf(kept);
    }
}
