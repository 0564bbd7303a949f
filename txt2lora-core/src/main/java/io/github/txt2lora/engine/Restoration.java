package io.github.txt2lora.engine;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.leco.optimizer.LearningRates;
import io.github.txt2lora.leco.state.TrainingState;
import io.github.txt2lora.leco.state.TrainingStateFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The state found to resume from.
 *
 * @param from the state to resume from; empty to start over
 * @param kept a state that is of use to the same training with another number of iterations, and is not to be deleted;
 *     empty if there is none
 */
record Restoration(Optional<Found> from, Optional<Path> kept) {

    private static final Restoration NOTHING = new Restoration(Optional.empty(), Optional.empty());

    /**
     * A state in a file.
     *
     * @param file its file
     * @param state its content
     */
    record Found(Path file, TrainingState state) {}

    /**
     * Looks for the latest state that can be read and that the training would have come to.
     *
     * @param fingerprint of the training; asked for only if there is a state
     * @param warnings is told why a state is not used
     * @throws InvalidSettingException if a state is required and there is none of this training
     */
    static Restoration find(
            StateFolder folder,
            LoraTraining training,
            Supplier<? extends Map<String, String>> fingerprint,
            Consumer<String> warnings) {
        Resume resume = training.spec().saving().states().resume();
        if (resume == Resume.NEVER) {
            return NOTHING;
        }
        List<Path> files = folder.files();
        List<Found> readable = read(files, warnings);
        if (!readable.isEmpty()) {
            return choose(readable, training, fingerprint.get(), warnings);
        }
        if (resume == Resume.REQUIRED) {
            String found = files.isEmpty() ? "there is no state " : "no state can be read of ";
            throw new InvalidSettingException("resume is REQUIRED, but " + found + folder.wildcard()
                    + "; expected one of an earlier run. Use IF_SAME to start over if there is none");
        }
        return NOTHING;
    }

    private static List<Found> read(List<Path> files, Consumer<String> warnings) {
        List<Found> readable = new ArrayList<>();
        for (Path file : files) {
            try {
                RegularFile.requireReplaceable(file);
                readable.add(new Found(file, TrainingStateFile.read(file)));
            } catch (CheckpointException | StorageException e) {
                warnings.accept("the state " + file + " is not used: " + e.getMessage());
            }
        }
        return readable;
    }

    /** Of states, the latest first. */
    private static Restoration choose(
            List<Found> found, LoraTraining training, Map<String, String> fingerprint, Consumer<String> warnings) {
        LearningRates rates = rates(training);
        Path kept = null;
        for (Found each : found) {
            if (each.state().differsOnlyInIterations(fingerprint)) {
                if (isOnTheWay(each.state(), rates)) {
                    return new Restoration(Optional.of(each), Optional.ofNullable(kept));
                }
                kept = kept == null ? each.file() : kept;
            }
        }
        String message = whyNot(found.get(0), training, fingerprint);
        if (training.spec().saving().states().resume() == Resume.REQUIRED) {
            throw new InvalidSettingException(
                    message + ". Set these as they were, or use IF_SAME or NEVER to start over");
        }
        warnings.accept(message + ". The training starts over"
                + (kept == null ? "" : ", and the state is kept in case the number of iterations is restored"));
        return new Restoration(Optional.empty(), Optional.ofNullable(kept));
    }

    /** Null without iterations, which have no learning rates. */
    private static @Nullable LearningRates rates(LoraTraining training) {
        return training.iterations() == 0 ? null : LearningRates.of(training.spec(), training.iterations());
    }

    private static boolean isOnTheWay(TrainingState state, @Nullable LearningRates rates) {
        return rates == null ? state.iteration() == 0 : state.isOnTheWayOf(rates);
    }

    private static String whyNot(Found latest, LoraTraining training, Map<String, String> fingerprint) {
        TrainingState state = latest.state();
        if (!state.differsOnlyInIterations(fingerprint)) {
            return "the state " + latest.file() + " is of another training: "
                    + FirstFew.of(state.differences(fingerprint), "; ");
        }
        String differences = String.join("; ", state.differences(fingerprint));
        return state.iteration() > training.iterations()
                ? "the state " + latest.file() + " is of " + Count.of(state.iteration(), "iteration")
                        + ", more than the " + training.iterations() + " that are to be made"
                : "the state " + latest.file() + " is of a training of another length: " + differences
                        + ", and the learning rates of the "
                        + Count.of(state.iteration(), "iteration")
                        + " already made would have been others, since the schedule "
                        + training.spec().learningRateSchedule()
                        + " spans all iterations";
    }
}
