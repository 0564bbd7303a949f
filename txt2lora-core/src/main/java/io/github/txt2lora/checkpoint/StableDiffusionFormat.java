package io.github.txt2lora.checkpoint;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The single files and diffusers folders of Stable Diffusion. Claims whatever it is given, and says what it is if it is
 * no model of Stable Diffusion; so it is asked last.
 */
public record StableDiffusionFormat() implements CheckpointFormat {

    @Override
    public Optional<CheckpointContents> read(SafetensorsFile file) {
        Map<String, TensorView> tensors = file.byName();
        return Optional.of(SingleFileLayout.read(file.path(), tensors)
                .contents(ModelHints.of(tensors.keySet(), file.metadata()), file.metadata(), file.path()));
    }

    @Override
    public Optional<CheckpointContents> read(Path folder, FileOpener opener) {
        return Optional.of(FolderLayout.read(folder, opener));
    }
}
