package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.PromptPair;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Characters that share a LoRA.
 *
 * @param characters one or more; those beside each other in the list are drawn beside each other too
 */
record JudgedGroup(List<JudgedCharacter> characters) {

    /** Two neighbours. */
    record Couple(JudgedCharacter left, JudgedCharacter right) {}

    /** Each character alone; then the two of the examples, two with little in common, and these four. */
    static List<JudgedGroup> all() {
        return Stream.concat(
                        JudgedCharacter.all().stream().map(character -> new JudgedGroup(List.of(character))),
                        Stream.of(
                                of("krnkmd", "tyankmk"),
                                of("vrdrss", "mzhrsl"),
                                of("krnkmd", "tyankmk", "vrdrss", "mzhrsl")))
                .toList();
    }

    private static JudgedGroup of(String... words) {
        return new JudgedGroup(Stream.of(words).map(JudgedCharacter::named).toList());
    }

    /** Their words: {@code krnkmd}, {@code krnkmd-tyankmk}. */
    String name() {
        return String.join("-", characters.stream().map(JudgedCharacter::word).toList());
    }

    /** The pairs that teach them. */
    List<PromptPair> pairs() {
        return characters.stream().map(JudgedCharacter::pair).toList();
    }

    /** All neighbours. */
    List<Couple> couples() {
        List<Couple> couples = new ArrayList<>();
        for (int i = 1; i < characters.size(); i++) {
            couples.add(new Couple(characters.get(i - 1), characters.get(i)));
        }
        return couples;
    }
}
