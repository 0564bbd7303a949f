package io.github.txt2lora.testing;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The job that has each file, so that no two have the same one. */
final class ClaimedFiles {

    private final Map<Path, FakeJob> jobs = new HashMap<>();

    /** Refuses trainings whose files jobs have that have not ended, or of which two have the same file. */
    void require(List<LoraTraining> trainings) {
        Map<Path, String> wanted = new HashMap<>();
        for (LoraTraining training : trainings) {
            Path file = realPath(training.loraFile());
            FakeJob holder = jobs.get(file);
            String other = wanted.put(file, training.name());
            if (holder != null && !holder.isDone()) {
                throw taken(training, holder.training().name());
            } else if (other != null) {
                throw taken(training, other);
            }
        }
    }

    private static StorageException taken(LoraTraining training, String other) {
        return new StorageException("the training of " + training.name() + " cannot start: " + training.loraFile()
                + " is being produced by the training of " + other + " in this program; wait until that has ended, or"
                + " choose another name or another folder");
    }

    /** The file is this job's from now on. */
    void put(FakeJob job) {
        jobs.put(realPath(job.training().loraFile()), job);
    }

    /** Without links, as far as there are folders. */
    private static Path realPath(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        for (Path folder = absolute.getParent(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder)) {
                try {
                    return folder.toRealPath().resolve(folder.relativize(absolute));
                } catch (IOException e) {
                    return absolute;
                }
            }
        }
        return absolute;
    }
}
