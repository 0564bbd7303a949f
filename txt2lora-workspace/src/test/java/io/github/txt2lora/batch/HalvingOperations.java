package io.github.txt2lora.batch;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MergedCheckpoint;
import io.github.txt2lora.ops.MergedLora;
import io.github.txt2lora.ops.MetadataEdit;
import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Operations that only resize: the file gets the rule's text appended. */
final class HalvingOperations implements LoraOperations {

    private int resizes;

    int resizes() {
        return resizes;
    }

    @Override
    public ResizedLora resize(Path input, Path output, ResizeSpec spec, OperationListener... listeners) {
        try {
            Files.writeString(output, Files.readString(input) + spec);
        } catch (IOException e) {
            throw new StorageException("test", e);
        }
        resizes++;
        for (OperationListener listener : listeners) {
            listener.onProgress(new OperationProgress(output, 1, 1, "module"));
        }
        return new ResizedLora(output, List.of(new ResizedModule("module", 8, 4, 2, 0.9, 0.95, 3)), Map.of());
    }

    @Override
    public LoraInfo inspect(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HashCheck verifyHash(Path file) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ResizedLora> resizeFolder(
            Path inputFolder, Path outputFolder, ResizeSpec spec, OperationListener... listeners) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MergedLora merge(LoraMerge merge, OperationListener... listeners) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MergedCheckpoint mergeIntoCheckpoint(CheckpointMerge merge, OperationListener... listeners) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LoraInfo convert(Path input, Path output, LoraConversion conversion, OperationListener... listeners) {
        throw new UnsupportedOperationException();
    }

    @Override
    public LoraInfo editMetadata(Path input, Path output, MetadataEdit edit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
