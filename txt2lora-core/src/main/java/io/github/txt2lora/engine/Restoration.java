package io.github.txt2lora.engine;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.leco.TrainingState;
import io.github.txt2lora.leco.TrainingStateFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A state to go on from.
 *
 * @param file where it was found
 * @param state what it holds
 */
record Restoration(Path file, TrainingState state) {

    /**
     * The latest state that can be read, if it is of the same training.
     *
     * @param fingerprint of the training that is to go on; asked for only if there is a state
     * @param warnings is told why a state is not used
     * @throws InvalidSettingException if a state is required and there is none of this training
     */
    static Optional<Restoration> find(
            StateFolder folder,
            Resume resume,
            Supplier<? extends Map<String, String>> fingerprint,
            Consumer<String> warnings) {
        if (resume == Resume.NEVER) {
            return Optional.empty();
        }
        List<Path> files = folder.files();
        for (Path file : files) {
            Optional<TrainingState> state = read(file, warnings);
            if (state.isPresent()) {
                return ifSame(new Restoration(file, state.get()), resume, fingerprint.get(), warnings);
            }
        }
        if (resume == Resume.REQUIRED) {
            String found = files.isEmpty() ? "there is no state " : "no state can be read of ";
            throw new InvalidSettingException("resume is REQUIRED, but " + found + folder.wildcard()
                    + "; expected one of an earlier run. Use IF_SAME to begin anew where there is none");
        }
        return Optional.empty();
    }

    private static Optional<TrainingState> read(Path file, Consumer<String> warnings) {
        try {
            return Optional.of(TrainingStateFile.read(file));
        } catch (CheckpointException | StorageException e) {
            warnings.accept("the state " + file + " is not used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Optional<Restoration> ifSame(
            Restoration found, Resume resume, Map<String, String> fingerprint, Consumer<String> warnings) {
        List<String> differences = found.state().differences(fingerprint);
        if (differences.isEmpty()) {
            return Optional.of(found);
        }
        String message = "the state " + found.file() + " is of another training: " + String.join("; ", differences);
        if (resume == Resume.REQUIRED) {
            throw new InvalidSettingException(
                    message + ". Set these as they were, or use IF_SAME or NEVER to begin anew");
        }
        warnings.accept(message + ". The training begins anew");
        return Optional.empty();
    }
}
