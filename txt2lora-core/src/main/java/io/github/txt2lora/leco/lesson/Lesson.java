package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.PromptPair;
import java.util.List;
import java.util.Optional;

/**
 * A prompt pair with the prompts that are kept while it is learned.
 *
 * @param pair the pair to learn
 * @param goal the goal for its target's prediction
 * @param kept prompts of which each step keeps one; none if it is alone
 * @param afterNeutral the target after the neutral prompt, as in {@code 1girl,krnkmd}, if it is taught so too
 */
public record Lesson(PromptPair pair, TeacherTarget goal, List<Kept> kept, Optional<String> afterNeutral) {

    /**
     * A prompt that is to stay.
     *
     * @param prompt the words
     * @param weight factor on its loss
     */
    public record Kept(String prompt, double weight) {}
}
