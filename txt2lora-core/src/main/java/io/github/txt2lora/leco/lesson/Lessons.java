package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The lessons of a training, taught and preserved, derived once from its prompt pairs.
 *
 * @param pairs all, in their order
 * @param drawn the lessons of which each step draws one
 * @param taught the pairs that change something
 * @param preserved the pairs whose target is to stay
 * @param targets the target prompts of the pairs that are taught, each once, in their order
 * @param added prompts to keep that the pairs do not name as they are
 * @param everyday further prompts that a start in closed form is not to change
 * @param captioned prompts that hints are learned with
 */
public record Lessons(
        List<PromptPair> pairs,
        List<Lesson> drawn,
        List<PromptPair> taught,
        List<PromptPair> preserved,
        Set<String> targets,
        Set<String> added,
        List<String> everyday,
        List<String> captioned) {

    /** The lessons of a training, without everyday prompts. */
    public static Lessons of(List<PromptPair> pairs, TrainingMethod method) {
        Lessons lessons = of(pairs, method.preservation());
        return method.afterNeutral() > 0 ? lessons.withAfterNeutral() : lessons;
    }

    /** The lessons of prompt pairs, each target taught as it stands, without everyday prompts. */
    public static Lessons of(List<PromptPair> pairs, Preservation preservation) {
        List<PromptPair> taught = new ArrayList<>();
        List<PromptPair> preserved = new ArrayList<>();
        Set<String> targets = new LinkedHashSet<>();
        for (PromptPair pair : pairs) {
            if (pair.preserves()) {
                preserved.add(pair);
            } else {
                taught.add(pair);
                targets.add(pair.target());
            }
        }
        Set<String> added = new LinkedHashSet<>();
        if (preservation.automatic()) {
            taught.forEach(pair -> added.addAll(KeptPrompts.Common.own(pair)));
        }
        return new Lessons(
                pairs,
                drawn(pairs, taught, preserved, preservation),
                taught,
                preserved,
                targets,
                added,
                List.of(),
                List.of());
    }

    private Lessons withAfterNeutral() {
        Set<String> others = kept();
        others.addAll(targets);
        List<Lesson> both = drawn.stream()
                .map(lesson ->
                        new Lesson(lesson.pair(), lesson.goal(), lesson.kept(), afterNeutral(lesson.pair(), others)))
                .toList();
        return new Lessons(pairs, both, taught, preserved, targets, added, everyday, captioned);
    }

    /** Nothing where the target begins so anyway, or where others teach or keep the joined prompt. */
    private static Optional<String> afterNeutral(PromptPair pair, Set<String> others) {
        String joined = pair.neutral() + "," + pair.target();
        return pair.preserves()
                        || pair.neutral().isBlank()
                        || pair.target().startsWith(pair.neutral())
                        || others.contains(joined)
                ? Optional.empty()
                : Optional.of(joined);
    }

    /** The same with everyday prompts. */
    public Lessons withEveryday(List<String> prompts) {
        return new Lessons(pairs, drawn, taught, preserved, targets, added, prompts, captioned);
    }

    /** The same with prompts that hints are learned with. */
    public Lessons withCaptioned(List<String> prompts) {
        return new Lessons(pairs, drawn, taught, preserved, targets, added, everyday, prompts);
    }

    private static List<Lesson> drawn(
            List<PromptPair> pairs, List<PromptPair> taught, List<PromptPair> preserved, Preservation preservation) {
        if (!preservation.joint() || taught.isEmpty()) {
            return pairs.stream()
                    .map(pair -> new Lesson(
                            weighted(pair, preservation), TeacherTarget.of(pair), List.of(), Optional.empty()))
                    .toList();
        }
        var common = new KeptPrompts.Common(taught, preserved, preservation);
        return taught.stream()
                .map(pair -> new Lesson(pair, TeacherTarget.of(pair), common.of(pair), Optional.empty()))
                .toList();
    }

    private static PromptPair weighted(PromptPair pair, Preservation preservation) {
        return pair.preserves()
                ? pair.toBuilder().weight(pair.weight() * preservation.weight()).build()
                : pair;
    }

    /** All prompts that some step may keep, each once. */
    public Set<String> kept() {
        Set<String> kept = new LinkedHashSet<>(added);
        preserved.forEach(pair -> kept.add(pair.target()));
        kept.removeAll(targets);
        return kept;
    }

    /** All prompts that have to be encoded, each once; of those with pictures the words. */
    public Set<String> prompts() {
        Set<String> prompts = new LinkedHashSet<>();
        pairs.stream()
                .flatMap(pair -> Stream.of(
                        pair.target(), HintedPrompt.words(pair.positive()), pair.neutral(), pair.unconditional()))
                .forEach(prompts::add);
        prompts.addAll(added);
        prompts.addAll(everyday);
        prompts.addAll(captioned);
        drawn.forEach(lesson -> lesson.afterNeutral().ifPresent(prompts::add));
        // images are guided away from it
        prompts.add("");
        return prompts;
    }
}
