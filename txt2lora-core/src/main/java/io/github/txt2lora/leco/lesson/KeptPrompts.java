package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.leco.lesson.Lesson.Kept;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.Set;

/**
 * The prompts to keep while a pair is learned: those given, the pair's own, and those that the other pairs teach. The
 * lists of all pairs share their common part, so that many pairs take no more memory than few for each.
 */
final class KeptPrompts extends AbstractList<Kept> implements RandomAccess {

    /** Turns of the neutral prompt for one of each other's: it is what the target is made of, so most leaks there. */
    private static final int NEUTRAL_TURNS = 3;

    private final List<Kept> given;
    private final List<Kept> own;
    private final List<Kept> taught;

    /** Places in {@code taught} of prompts that are among {@code own}, in ascending order. */
    private final int[] skipped;

    private KeptPrompts(List<Kept> given, List<Kept> own, List<Kept> taught, int[] skipped) {
        this.given = given;
        this.own = own;
        this.taught = taught;
        this.skipped = skipped;
    }

    /** The part that the lists of all pairs share. */
    static final class Common {

        private final List<Kept> given;
        private final Preservation preservation;
        private final Set<String> targets = new HashSet<>();
        private final List<Kept> taught;
        private final Map<String, Integer> places = new HashMap<>();

        /** Gathers it from all pairs that are taught, and all that are preserved, in their order. */
        Common(List<PromptPair> taughtPairs, List<PromptPair> preserved, Preservation preservation) {
            this.preservation = preservation;
            Map<String, Set<Double>> taughtAt = new HashMap<>();
            taughtPairs.forEach(pair -> taughtAt.computeIfAbsent(pair.target(), target -> new HashSet<>())
                    .add(pair.multiplier()));
            given = preserved.stream()
                    .filter(pair -> isKeptAlways(pair, taughtAt.getOrDefault(pair.target(), Set.of())))
                    .map(pair -> new Kept(pair.target(), pair.weight() * preservation.weight()))
                    .toList();
            preserved.forEach(pair -> targets.add(pair.target()));
            taughtPairs.forEach(pair -> targets.add(pair.target()));
            taught = preservation.automatic() ? taught(taughtPairs) : List.of();
            for (int i = 0; i < taught.size(); i++) {
                places.put(taught.get(i).prompt(), i);
            }
        }

        /** A slider may keep a target at one strength of the LoRA, and change it at another. */
        private static boolean isKeptAlways(PromptPair preserved, Set<Double> taughtAt) {
            return taughtAt.isEmpty() || taughtAt.contains(preserved.multiplier());
        }

        private List<Kept> taught(List<PromptPair> pairs) {
            Set<String> prompts = new LinkedHashSet<>();
            pairs.stream()
                    .filter(pair -> pair.action() == PromptAction.ENHANCE)
                    .forEach(pair -> prompts.add(HintedPrompt.words(pair.positive())));
            return added(prompts);
        }

        /** The prompts that a pair adds; what is erased may change wherever it is named. */
        static Set<String> own(PromptPair pair) {
            Set<String> prompts = new LinkedHashSet<>(Arrays.asList(pair.neutral(), pair.unconditional()));
            if (pair.action() == PromptAction.ENHANCE) {
                prompts.add(HintedPrompt.words(pair.positive()));
                prompts.addAll(PartsOfLook.of(pair));
            }
            return prompts;
        }

        /** Neither taught prompts nor those given with a weight of their own. */
        private List<Kept> added(Set<String> prompts) {
            return prompts.stream()
                    .filter(prompt -> !targets.contains(prompt))
                    .map(prompt -> new Kept(prompt, preservation.weight()))
                    .toList();
        }

        /** The list of a pair that is taught. */
        KeptPrompts of(PromptPair pair) {
            if (!preservation.automatic()) {
                return new KeptPrompts(given, List.of(), taught, new int[0]);
            }
            List<Kept> own = new ArrayList<>(added(own(pair)));
            for (int turn = 1; turn < NEUTRAL_TURNS; turn++) {
                own.addAll(added(Set.of(pair.neutral())));
            }
            int[] skipped = own.stream()
                    .map(kept -> places.get(kept.prompt()))
                    .filter(Objects::nonNull)
                    .mapToInt(Integer::intValue)
                    .sorted()
                    .distinct()
                    .toArray();
            return new KeptPrompts(given, own, taught, skipped);
        }
    }

    @Override
    public Kept get(int index) {
        int place = Objects.checkIndex(index, size());
        if (place < given.size()) {
            return given.get(place);
        }
        place -= given.size();
        if (place < own.size()) {
            return own.get(place);
        }
        place -= own.size();
        for (int skip : skipped) {
            if (skip <= place) {
                place++;
            }
        }
        return taught.get(place);
    }

    @Override
    public int size() {
        return given.size() + own.size() + taught.size() - skipped.length;
    }
}
