package io.github.txt2lora.leco.closedform;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.leco.lesson.HintedPrompt;
import io.github.txt2lora.leco.lesson.Lessons;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The goals of the tokens of target prompts, and the prompts to preserve, each with its weight.
 *
 * @param goals the goals to learn
 * @param kept prompts to keep; no target is among them, unless a pair preserves it
 */
record TokenGoals(Map<Goal, Double> goals, Map<String, Double> kept) {

    /**
     * The goal of one target's tokens, which is not itself.
     *
     * @param target the prompt
     * @param shares prompts with their shares, which sum up to 1
     */
    record Goal(String target, Map<String, Double> shares) {}

    /**
     * The goals of prompt pairs. Predictions can be added and subtracted, embeddings hardly: the network never saw
     * {@code neutral + positive - unconditional}. So a goal is a prompt that comes near: from the neutral to the
     * positive prompt as far as the guidance scale says, but not beyond, and where a meaning is taken away the neutral
     * prompt. (On the demo checkpoint, the prediction for the sum was off by 0.50 of what there was to learn for
     * guidance 2, by 0.88 where target and neutral were the same, and by 5.9 for erasing; for these prompts by 0.25,
     * 0.02 and 0.25.)
     *
     * <p>Where the LoRA is trained at another strength than 1, the change to the goal is divided by it. At -1 the start
     * leads away from the goal, to which weight -1 then brings it.
     *
     * <p>Kept are, besides what pairs preserve, neutral and unconditional prompts, positive ones that are added, and
     * others.
     */
    static TokenGoals of(Lessons lessons) {
        Map<Goal, Double> goals = new LinkedHashMap<>();
        Map<String, Double> kept = new LinkedHashMap<>();
        lessons.everyday().forEach(prompt -> kept.put(prompt, 1.0));
        for (PromptPair pair : lessons.taught()) {
            double guidance = pair.signedGuidance();
            add(goals, pair, Math.max(0, Math.min(1, guidance)));
            kept.put(pair.neutral(), 1.0);
            kept.put(pair.unconditional(), 1.0);
            if (guidance > 0) {
                kept.put(HintedPrompt.words(pair.positive()), 1.0);
            }
        }
        lessons.targets().forEach(kept::remove);
        Map<String, Double> preserved = new LinkedHashMap<>();
        lessons.preserved().forEach(pair -> preserved.merge(pair.target(), pair.weight(), Math::max));
        kept.putAll(preserved);
        return new TokenGoals(goals, kept);
    }

    private static void add(Map<Goal, Double> goals, PromptPair pair, double share) {
        Map<String, Double> shares = new LinkedHashMap<>();
        double strength = pair.multiplier();
        shares.merge(pair.neutral(), (1 - share) / strength, Double::sum);
        shares.merge(HintedPrompt.words(pair.positive()), share / strength, Double::sum);
        shares.merge(pair.target(), 1 - 1 / strength, Double::sum);
        shares.values().removeIf(value -> value == 0);
        if (!shares.keySet().equals(Set.of(pair.target()))) {
            goals.merge(new Goal(pair.target(), shares), pair.weight(), Math::max);
        }
    }

    /** All prompts, each once. */
    List<String> prompts() {
        Set<String> prompts = new LinkedHashSet<>(kept.keySet());
        for (Goal goal : goals.keySet()) {
            prompts.add(goal.target());
            prompts.addAll(goal.shares().keySet());
        }
        return List.copyOf(prompts);
    }

    /**
     * The vectors that {@code closed_form.py} solves, over {@link #prompts()} in their order.
     *
     * @param tokens the ids of a prompt, with start, end and padding, for all prompts equally many
     * @param paddingWeight of the end token and all padding together, where each word has 1
     * @param keepWeight factor on the weights of prompts to keep
     */
    Map<String, double[]> problem(Function<String, int[]> tokens, double paddingWeight, double keepWeight) {
        List<String> prompts = prompts();
        Map<String, Integer> places = new HashMap<>();
        prompts.forEach(prompt -> places.put(prompt, places.size()));
        List<Goal> targets = List.copyOf(goals.keySet());
        var owners = DoubleStream.builder();
        var factors = DoubleStream.builder();
        var sources = DoubleStream.builder();
        for (int owner = 0; owner < targets.size(); owner++) {
            Goal goal = targets.get(owner);
            int[] target = tokens.apply(goal.target());
            for (Map.Entry<String, Double> share : goal.shares().entrySet()) {
                owners.add(owner);
                factors.add(share.getValue());
                int first = place(places, share.getKey()) * target.length;
                for (int place : TokenAlignment.of(target, tokens.apply(share.getKey()))) {
                    sources.add(first + place);
                }
            }
        }
        return Map.of(
                "weights",
                prompts.stream()
                        .flatMapToDouble(prompt -> weights(tokens.apply(prompt), paddingWeight))
                        .toArray(),
                "targets",
                targets.stream()
                        .mapToDouble(goal -> place(places, goal.target()))
                        .toArray(),
                "target_weights",
                goals.values().stream().mapToDouble(Double::doubleValue).toArray(),
                "owners",
                owners.build().toArray(),
                "factors",
                factors.build().toArray(),
                "sources",
                sources.build().toArray(),
                "kept",
                kept.keySet().stream()
                        .mapToDouble(prompt -> place(places, prompt))
                        .toArray(),
                "kept_weights",
                kept.values().stream()
                        .mapToDouble(weight -> weight * keepWeight)
                        .toArray());
    }

    private static int place(Map<String, Integer> places, String prompt) {
        return Objects.requireNonNull(places.get(prompt));
    }

    private static DoubleStream weights(int[] ids, double paddingWeight) {
        int end = TokenAlignment.end(ids);
        return IntStream.range(0, ids.length).mapToDouble(i -> i < end ? 1 : paddingWeight / (ids.length - end));
    }
}
