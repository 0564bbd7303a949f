package io.github.txt2lora.ops;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.ServiceDiscovery;
import io.github.txt2lora.spi.LoraOperationsProvider;
import java.nio.file.Path;
import java.util.List;

/**
 * Operations on LoRA files, on the CPU. They read LoRAs in kohya's naming (kohya's trainers, LECO and this library,
 * including SDXL's block names) and in that of diffusers and PEFT.
 *
 * <p>All methods may be called from any thread; one operation runs at a time. An output file appears under its name
 * only when it is complete, replaces an existing one, and may be the input itself. Its folder must exist. Every method
 * throws
 *
 * <ul>
 *   <li>{@link CheckpointException} if an input is damaged, is not a LoRA, or does not fit the others;
 *   <li>{@link StorageException} if a file cannot be read or written;
 *   <li>{@link Txt2LoraException} if the operations are closed, the calling thread is interrupted, which it then stays,
 *     or the process is ending. An operation in progress then ends before its next tensor; its output file is complete
 *     or untouched.
 * </ul>
 *
 * <p>Listeners are called on the calling thread.
 */
public interface LoraOperations extends AutoCloseable {

    /**
     * Opens the installed operations, found by {@link java.util.ServiceLoader}.
     *
     * @throws Txt2LoraException if there are none
     */
    static LoraOperations open() {
        return ServiceDiscovery.find(LoraOperationsProvider.class, "LoRA operations")
                .create();
    }

    /** Reads a LoRA's modules and metadata and checks its hash; changes nothing. */
    LoraInfo inspect(Path file);

    /** Compares {@code sshs_model_hash} of any safetensors file with its content. */
    HashCheck verifyHash(Path file);

    /**
     * Reduces the rank of each module by a singular value decomposition of its product up x down. The naming does not
     * change. The ratio alpha / rank of each module does not change either: new alpha = old alpha / old rank * new
     * rank.
     *
     * @return the result for each module, in the order of the input file
     */
    ResizedLora resize(Path input, Path output, ResizeSpec spec, OperationListener... listeners);

    /**
     * Resizes all {@code .safetensors} files of a folder, in the order of their names, under the same names. If one
     * fails, the files before it remain written.
     *
     * @param outputFolder an existing folder; may be the input folder
     * @throws InvalidSettingException if a path is not a folder, or the input folder contains no such file
     */
    List<ResizedLora> resizeFolder(
            Path inputFolder, Path outputFolder, ResizeSpec spec, OperationListener... listeners);

    /**
     * Merges several LoRAs into one. The result has exactly the effect of all of them with their weights, since their
     * ranks are concatenated. A resize, if requested, then finds the best approximation at the lower rank.
     */
    MergedLora merge(LoraMerge merge, OperationListener... listeners);

    /** Adds LoRAs to the weights of a checkpoint, permanently. All tensors keep their number formats. */
    MergedCheckpoint mergeIntoCheckpoint(CheckpointMerge merge, OperationListener... listeners);

    /** Writes a LoRA in another precision or naming. */
    LoraInfo convert(Path input, Path output, LoraConversion conversion, OperationListener... listeners);

    /** Writes a LoRA with other metadata; the tensors are copied. */
    LoraInfo editMetadata(Path input, Path output, MetadataEdit edit);

    /** Frees all native memory. May be called more than once. */
    @Override
    void close();
}
