package io.github.txt2lora.leco;

import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.NonFinitePolicy.Fail;
import io.github.txt2lora.NonFinitePolicy.Rollback;
import io.github.txt2lora.NonFinitePolicy.Skip;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.leco.state.RecoverableState;
import io.github.txt2lora.leco.state.TrainerState;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The reaction of a {@link NonFinitePolicy} to non-finite numbers of a training, and the state to roll back to. */
final class Recovery {

    /** Iterations between two states to go back to: often enough to lose little, seldom enough to cost nothing. */
    private static final int SNAPSHOT_EVERY = 25;

    private final NonFinitePolicy policy;
    private @Nullable TrainerState lastGood;
    private int recoveries;

    Recovery(NonFinitePolicy policy) {
        this.policy = policy;
    }

    /** Takes a state to go back to, if one is due; before each iteration. */
    void beforeIteration(int iterationsMade, Supplier<TrainerState> state) {
        boolean due =
                lastGood == null || (iterationsMade % SNAPSHOT_EVERY == 0 && lastGood.iteration() != iterationsMade);
        if (due && !(policy instanceof Fail)) {
            lastGood = state.get();
        }
    }

    /** An iteration was made. */
    void iterationDone() {
        if (policy instanceof Skip) {
            recoveries = 0;
        }
    }

    /**
     * Decides how to continue after a non-finite iteration.
     *
     * @return the state to go back to; empty if what there was before the iteration is still there
     * @throws TrainingFailedException if the training cannot continue
     */
    Optional<TrainerState> after(NonFiniteException e) {
        recoveries++;
        if (lastGood == null || recoveries > limit()) {
            throw new TrainingFailedException(
                    "iteration " + e.iteration() + " gave " + e.getMessage() + "; expected finite numbers. " + remedy(),
                    e);
        }
        return policy instanceof Rollback || e.parametersSpoilt() ? Optional.of(lastGood) : Optional.empty();
    }

    /** The factor on the learning rates after a recovery. */
    double slowdown() {
        return policy instanceof Rollback ? 0.5 : 1;
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
                        ? ", or let the training skip such iterations or go back (nonFinitePolicy)"
                        : "; this was the attempt number " + recoveries + " of " + policy);
    }

    /** The part of the state that a resumed trainer needs. */
    RecoverableState state(TrainerState trainer) {
        return new RecoverableState(trainer, lastGood, recoveries);
    }

    /** Goes on where the recovery that gave the state stood. */
    void restore(RecoverableState state) {
        lastGood = state.lastGood();
        recoveries = state.recoveries();
    }
}
