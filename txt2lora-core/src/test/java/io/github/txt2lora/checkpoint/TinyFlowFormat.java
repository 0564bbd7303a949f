package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Models of {@link TinyFlow}: a folder of three files, each with a prefix of its own. */
public record TinyFlowFormat() implements CheckpointFormat {

    private static final String TRANSFORMER_FILE = "transformer.safetensors";

    private enum Part {
        TRANSFORMER(Component.TRANSFORMER, "net."),
        TEXT_ENCODER(Component.TEXT_ENCODER, ""),
        VAE(Component.VAE, "vae.");

        private final Component component;
        private final String prefix;

        Part(Component component, String prefix) {
            this.component = component;
            this.prefix = prefix;
        }

        Path in(Path folder) {
            return folder.resolve(component.folderName() + ".safetensors");
        }

        Map<String, List<Long>> shapes() {
            return switch (this) {
                case TRANSFORMER -> TinyFlow.transformer();
                case TEXT_ENCODER -> TinyFlow.textEncoder().tensors();
                case VAE -> TinyFlow.vae().tensors();
            };
        }
    }

    /** Writes a model of random weights. */
    public static Path write(Path folder) {
        for (Part part : Part.values()) {
            SyntheticCheckpoint.write(
                    part.in(folder),
                    part.prefix,
                    part.shapes(),
                    part.component.folderName().hashCode());
        }
        return folder;
    }

    @Override
    public Optional<CheckpointContents> read(SafetensorsFile file) {
        return Optional.empty();
    }

    @Override
    public Optional<CheckpointContents> read(Path folder, FileOpener opener) {
        if (!Files.isRegularFile(folder.resolve(TRANSFORMER_FILE))) {
            return Optional.empty();
        }
        Map<Component, Map<String, TensorView>> tensors = new LinkedHashMap<>();
        for (Part part : Part.values()) {
            tensors.put(part.component, tensors(part, opener.open(part.in(folder))));
        }
        return Optional.of(new CheckpointContents(
                TinyFlow.FAMILY,
                tensors,
                Map.of(Component.TEXT_ENCODER, TinyFlow.textEncoder()),
                null,
                TinyFlow.vae(),
                new ModelHints(Optional.empty(), Optional.empty(), Optional.empty()),
                Map.of(),
                folder.resolve(TRANSFORMER_FILE)));
    }

    private static Map<String, TensorView> tensors(Part part, SafetensorsFile file) {
        Map<String, TensorView> own = new LinkedHashMap<>();
        file.byName().forEach((key, tensor) -> {
            if (!key.startsWith(part.prefix)) {
                throw new CheckpointException(file.path() + ": unexpected tensor " + key);
            }
            own.put(key.substring(part.prefix.length()), tensor);
        });
        return new ComponentTensors(file.path(), part.component, part.prefix, own, KeyMap.DIFFUSERS, key -> false)
                .matched(part.shapes());
    }
}
