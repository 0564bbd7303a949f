package io.github.txt2lora.leco;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.leco.lesson.Lesson;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Draws the lessons that are rehearsed: where several targets are taught, some joint steps compare another target beside
 * the one whose turn it is, in place of a prompt to keep, so that what is learned for one does not undo another.
 */
public final class Rehearsal {

    /** The share of joint steps where several targets are taught (docs/method.md). */
    private static final double SHARE = 0.4;

    /** The share of joint steps that a single target takes, where it is taught after the neutral prompt too. */
    private static final double SHARE_ALONE = 0.3;

    private final List<Lesson> lessons;
    private final Predicate<Lesson> canBeBeside;

    /**
     * A rehearsal of lessons.
     *
     * @param canBeBeside whether a lesson's latents are all of one size, so that they can be in one batch with others
     */
    Rehearsal(List<Lesson> lessons, Predicate<Lesson> canBeBeside) {
        this.lessons = List.copyOf(lessons);
        this.canBeBeside = canBeBeside;
    }

    /**
     * The lesson to rehearse beside another one; null where it is not the turn of one, or the one that was drawn does not
     * fit. A single lesson is rehearsed beside itself if it has two prompts to teach; another takes nothing from the
     * random stream.
     *
     * @param number of the lesson whose turn it is
     */
    @Nullable
    Lesson draw(TorchGenerator generator, int number) {
        Lesson lesson = lessons.get(number);
        double share = share(lessons);
        if (share == 0 || lesson.kept().isEmpty() || !canBeBeside.test(lesson) || generator.uniformDouble() >= share) {
            return null;
        }
        if (lessons.size() == 1) {
            return lesson;
        }
        int distance = 1 + (int) generator.randint(0, lessons.size() - 1);
        Lesson other = lessons.get((number + distance) % lessons.size());
        return canBeBeside.test(other) && haveOneForm(lesson.pair(), other.pair()) ? other : null;
    }

    /** The share of joint steps that rehearse one of these lessons. */
    public static double share(List<Lesson> lessons) {
        if (lessons.size() > 1) {
            return SHARE;
        }
        return lessons.stream().anyMatch(lesson -> lesson.afterNeutral().isPresent()) ? SHARE_ALONE : 0;
    }

    private static boolean haveOneForm(PromptPair pair, PromptPair other) {
        return pair.height() == other.height()
                && pair.width() == other.width()
                && pair.batchSize() == other.batchSize()
                && pair.multiplier() == other.multiplier();
    }
}
