package io.github.txt2lora.leco;

import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.NonFinitePolicy.Fail;
import io.github.txt2lora.NonFinitePolicy.Rollback;
import io.github.txt2lora.NonFinitePolicy.Skip;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.state.ResilientState;
import io.github.txt2lora.leco.state.TrainerState;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A trainer that does what a {@link NonFinitePolicy} says when numbers go wrong. */
public final class ResilientTrainer {

    /** Iterations between two states to go back to: often enough to lose little, seldom enough to cost nothing. */
    private static final int SNAPSHOT_EVERY = 25;

    private final LecoTrainer trainer;
    private final NonFinitePolicy policy;
    private @Nullable TrainerState lastGood;
    private int recoveries;

    /** Watches over a trainer from where it is now. */
    public ResilientTrainer(LecoTrainer trainer, NonFinitePolicy policy) {
        this.trainer = trainer;
        this.policy = policy;
    }

    /** What a call of {@link #next} led to. */
    public sealed interface Outcome {

        /** An iteration was made. */
        record Trained(LecoTrainer.Iteration iteration) implements Outcome {}

        /**
         * An iteration was thrown away, and perhaps others before it.
         *
         * @param iteration the one that went wrong, counted from 1
         * @param found what was found
         * @param goesOnAfter iterations that are left
         * @param learningRateFactor what the schedule's learning rates are multiplied by from now on
         */
        record Recovered(int iteration, String found, int goesOnAfter, double learningRateFactor) implements Outcome {}

        /** The training cannot go on, while others that are trained together with it can. */
        record Failed(TrainingFailedException failure) implements Outcome {}
    }

    /** Whether all iterations are done. */
    public boolean isDone() {
        return trainer.isDone();
    }

    /**
     * Runs one iteration.
     *
     * @throws TrainingFailedException if a number is not finite and the policy does not let the training go on, or
     *     libtorch fails
     */
    public Outcome next() {
        return next(StepObserver.NONE);
    }

    Outcome next(StepObserver observer) {
        takeSnapshot();
        return settle(() -> trainer.next(observer));
    }

    /** Does an iteration whose snapshot was taken, or what the policy says when it goes wrong. */
    Outcome settle(Supplier<LecoTrainer.Iteration> iteration) {
        try {
            LecoTrainer.Iteration done = iteration.get();
            if (policy instanceof Skip) {
                recoveries = 0;
            }
            return new Outcome.Trained(done);
        } catch (NonFiniteException e) {
            return recover(e);
        }
    }

    /** The trainer itself. */
    LecoTrainer trainer() {
        return trainer;
    }

    /** Takes a state to go back to, if one is due; before each iteration. */
    void takeSnapshot() {
        int iteration = trainer.iteration();
        boolean due = lastGood == null || (iteration % SNAPSHOT_EVERY == 0 && lastGood.iteration() != iteration);
        if (due && !(policy instanceof Fail)) {
            lastGood = trainer.state();
        }
    }

    private Outcome recover(NonFiniteException e) {
        recoveries++;
        if (lastGood == null || recoveries > limit()) {
            throw new TrainingFailedException(
                    "iteration " + e.iteration() + " gave " + e.getMessage() + "; expected finite numbers. " + remedy(),
                    e);
        }
        if (policy instanceof Rollback) {
            goBack(lastGood, trainer.learningRateFactor() / 2);
        } else if (e.parametersSpoilt()) {
            goBack(lastGood, trainer.learningRateFactor());
        }
        return new Outcome.Recovered(e.iteration(), e.getMessage(), trainer.iteration(), trainer.learningRateFactor());
    }

    /** The random stream goes on, since the same numbers would go wrong again. */
    private void goBack(TrainerState good, double learningRateFactor) {
        trainer.restore(good.with(trainer.state().generator(), learningRateFactor));
    }

    private int limit() {
        if (policy instanceof Skip skip) {
            return skip.limit();
        }
        return policy instanceof Rollback rollback ? rollback.limit() : 0;
    }

    private String remedy() {
        return "Lower the learning rate or compute in FP32"
                + (policy instanceof Fail
                        ? ", or let the training skip such iterations or go back (nonFinite)"
                        : "; this was the attempt number " + recoveries + " of " + policy);
    }

    /** Lets the network use this LoRA, which another one may have taken the place of. */
    public void attach() {
        trainer.attach();
    }

    /** A copy of the LoRA's parameters as they are now. */
    public float[] parameters() {
        return trainer.parameters();
    }

    /** Sets the LoRA's parameters, when nothing more is trained. */
    public void takeParameters(float[] values) {
        trainer.takeParameters(values);
    }

    /** All that has to be known to go on later. */
    public ResilientState state() {
        return new ResilientState(trainer.state(), lastGood, recoveries);
    }

    /** Goes on where the trainer that gave the state stood. */
    public void restore(ResilientState state) {
        trainer.restore(state.trainer());
        lastGood = state.lastGood();
        recoveries = state.recoveries();
    }
}
