package io.github.txt2lora.leco.lesson;

import io.github.txt2lora.PromptPair;
import java.util.List;

/**
 * A prompt pair with the prompts that are kept while it is learned.
 *
 * @param pair the pair to learn
 * @param goal the goal for its target's prediction
 * @param kept prompts of which each step keeps one; none if it is alone
 */
public record Lesson(PromptPair pair, TeacherTarget goal, List<Kept> kept) {

    /**
     * A prompt that is to stay.
     *
     * @param prompt the words
     * @param weight factor on its loss
     */
    public record Kept(String prompt, double weight) {}
}
