package io.github.txt2lora.batch;

import io.github.txt2lora.LoraStart;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.PreviewSettings;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Digests of what the parts of the work depend on: as long as one is the same, that part need not be done again. */
final class Fingerprints {

    private final LoraProject project;
    private final Supplier<TrainingSpec> spec;
    private @Nullable String startSha256;
    private @Nullable SortedMap<String, String> embeddings;

    /**
     * Digests for a project.
     *
     * @param spec settings of its training with the places of the files that they name
     */
    Fingerprints(LoraProject project, Supplier<TrainingSpec> spec) {
        this.project = project;
        this.spec = spec;
    }

    /** Read once, so that a training that has begun keeps its digest. */
    private Optional<String> startSha256() {
        if (startSha256 == null) {
            startSha256 =
                    spec.get().method().start() instanceof LoraStart.FromLora from ? Sha256.of(from.file()) : null;
        }
        return Optional.ofNullable(startSha256);
    }

    /** Read once too; of those that the prompts name. */
    private SortedMap<String, String> embeddings() {
        if (embeddings == null) {
            embeddings = embeddings(project.prompts().stream()
                    .flatMap(pair -> Stream.of(pair.target(), pair.positive(), pair.unconditional(), pair.neutral()))
                    .toList());
        }
        return embeddings;
    }

    private SortedMap<String, String> embeddings(List<String> prompts) {
        return EmbeddingFolder.of(spec.get().modelUse().embeddings())
                .namedIn(prompts)
                .sha256();
    }

    /** Of the learned weights, but for the number of iterations, and of the number format of the file. */
    String training(List<ModelIdentity> models) {
        TrainingSpec spec = project.settings().spec();
        SortedMap<String, String> learned = TrainingFingerprint.of(
                spec,
                project.prompts(),
                models.stream().map(ModelIdentity::sha256).toList(),
                startSha256(),
                embeddings());
        return Sha256.of(TrainingFingerprint.digestWithoutIterations(learned) + "\n"
                + spec.saving().precision());
    }

    /** Of a resize of a LoRA. */
    String resize(String source) {
        return Sha256.of(project.resizeTexts() + "\n" + source);
    }

    /** Of the images with a LoRA. */
    String preview(String lora) {
        PreviewSettings preview = project.settings().preview();
        List<String> prompts = Stream.of(
                        PreviewGrid.prompts(project), preview.places(), List.of(preview.negativePrompt()))
                .flatMap(List::stream)
                .toList();
        SortedMap<String, String> named = embeddings(prompts);
        return Sha256.of(project.previewTexts() + "\n" + lora + (named.isEmpty() ? "" : "\n" + named));
    }
}
