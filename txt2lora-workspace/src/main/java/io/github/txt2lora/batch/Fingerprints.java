package io.github.txt2lora.batch;

import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.workspace.LoraProject;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Digests of what the parts of the work depend on: as long as one is the same, that part need not be done again. */
final class Fingerprints {

    private final LoraProject project;
    private final Supplier<Optional<Path>> start;
    private @Nullable String startSha256;

    /**
     * Digests for a project.
     *
     * @param start finds the LoRA that its training starts from
     */
    Fingerprints(LoraProject project, Supplier<Optional<Path>> start) {
        this.project = project;
        this.start = start;
    }

    /** Read once, so that a training that has begun keeps its digest. */
    private Optional<String> startSha256() {
        if (startSha256 == null) {
            startSha256 = start.get().map(Sha256::of).orElse(null);
        }
        return Optional.ofNullable(startSha256);
    }

    /** Of the learned weights, but for the number of iterations, and of the number format of the file. */
    String training(ModelIdentity model) {
        TrainingSpec spec = project.settings().spec();
        SortedMap<String, String> learned =
                TrainingFingerprint.of(spec, project.prompts(), model.sha256(), startSha256());
        return Sha256.of(TrainingFingerprint.digestWithoutIterations(learned) + "\n"
                + spec.saving().precision());
    }

    /** Of a resize of a LoRA. */
    String resize(String source) {
        return Sha256.of(project.resizeTexts() + "\n" + source);
    }

    /** Of the images with a LoRA. */
    String preview(String lora) {
        return Sha256.of(project.previewTexts() + "\n" + lora);
    }
}
