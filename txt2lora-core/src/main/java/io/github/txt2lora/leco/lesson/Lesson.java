package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import java.util.List;

/**
 * A prompt pair with the prompts that are kept while it is learned.
 *
 * @param pair what to learn
 * @param goal what its target's prediction should become
 * @param kept prompts of which each step keeps one; none if it is alone
 */
public record Lesson(PromptPair pair, TeacherTarget goal, List<Kept> kept) {

    /**
     * A prompt that is to stay.
     *
     * @param prompt the words
     * @param weight what its loss is multiplied by
     */
    public record Kept(String prompt, double weight) {}

    /** The lessons of a training, of which each step draws one. */
    public static List<Lesson> of(List<PromptPair> pairs, Preservation preservation) {
        List<PromptPair> taught =
                pairs.stream().filter(pair -> !pair.preserves()).toList();
        if (!preservation.joint() || taught.isEmpty()) {
            return pairs.stream()
                    .map(pair -> new Lesson(weighted(pair, preservation), TeacherTarget.of(pair), List.of()))
                    .toList();
        }
        var common = new KeptPrompts.Common(pairs, preservation);
        return taught.stream()
                .map(pair -> new Lesson(pair, TeacherTarget.of(pair), common.of(pair)))
                .toList();
    }

    private static PromptPair weighted(PromptPair pair, Preservation preservation) {
        return pair.preserves()
                ? pair.toBuilder().weight(pair.weight() * preservation.weight()).build()
                : pair;
    }
}
