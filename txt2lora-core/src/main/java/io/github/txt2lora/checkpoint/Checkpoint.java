package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An opened Stable Diffusion model, whatever its layout: all tensors under diffusers' names, and what can be read off
 * them. Opening reads headers only; the weights are mapped and read when they are used.
 */
public final class Checkpoint implements AutoCloseable {
    private final Path path;
    private final Path fileForHash;
    private final List<SafetensorsFile> files;
    private final CheckpointContents contents;
    private final Map<String, String> metadata;
    private final ModelHints hints;

    private Checkpoint(
            Path path,
            Path fileForHash,
            List<SafetensorsFile> files,
            CheckpointContents contents,
            Map<String, String> metadata,
            ModelHints hints) {
        this.path = path;
        this.fileForHash = fileForHash;
        this.files = List.copyOf(files);
        this.contents = contents;
        this.metadata = metadata;
        this.hints = hints;
    }

    /**
     * Opens the model of a source that lies on this machine.
     *
     * @throws CheckpointException when it is no complete model of a known family, or is yet to be downloaded
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint open(ModelSource source) {
        if (source instanceof ModelSource.SingleFile file) {
            return openFile(file.path());
        }
        if (source instanceof ModelSource.DiffusersFolder folder) {
            return openFolder(folder.path());
        }
        throw new CheckpointException("%s is not on this machine; expected a file or folder: download it first"
                .formatted(source.displayName()));
    }

    /**
     * Opens a single file or a diffusers folder.
     *
     * @throws CheckpointException when it is no complete model of a known family; the message says what it is
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint open(Path path) {
        return open(path, () -> {});
    }

    /**
     * Opens a single file or a diffusers folder, as {@link #open(Path)} does, for reading that can be broken off.
     *
     * @param beforeRead runs before weights are read, again for each tensor and each 16 MiB; what it throws comes out of
     *     the method that reads
     */
    public static Checkpoint open(Path path, Runnable beforeRead) {
        return Files.isDirectory(path) ? openFolder(path, beforeRead) : openFile(path, beforeRead);
    }

    /**
     * Opens a checkpoint in one file, as they are shared in the community.
     *
     * @throws CheckpointException when it is no complete model of a known family; the message says what it is
     * @throws StorageException when the file cannot be read
     */
    public static Checkpoint openFile(Path path) {
        return openFile(path, () -> {});
    }

    private static Checkpoint openFile(Path path, Runnable beforeRead) {
        SafetensorsFile file = SafetensorsFile.open(path, beforeRead);
        try {
            return new Checkpoint(
                    path,
                    path,
                    List.of(file),
                    SingleFileLayout.read(path, file.byName()),
                    file.metadata(),
                    ModelHints.of(file.byName().keySet(), file.metadata()));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Opens a folder as diffusers writes it: {@code unet}, {@code vae}, {@code text_encoder}, for SDXL also
     * {@code text_encoder_2}, each with safetensors weights.
     *
     * @throws CheckpointException when it is no complete model of a known family; the message says what is missing
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint openFolder(Path folder) {
        return openFolder(folder, () -> {});
    }

    private static Checkpoint openFolder(Path folder, Runnable beforeRead) {
        List<SafetensorsFile> opened = new ArrayList<>();
        try {
            CheckpointContents contents = FolderLayout.read(folder, beforeRead, opened::add);
            return new Checkpoint(
                    folder,
                    FolderLayout.fileForHash(folder),
                    opened,
                    contents,
                    opened.get(0).metadata(),
                    FolderLayout.hints(folder));
        } catch (RuntimeException e) {
            opened.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    /** The generation of Stable Diffusion. */
    public ModelFamily family() {
        return contents.family();
    }

    /** The structure of the UNet. */
    public UNetStructure unet() {
        return contents.unet();
    }

    /** The structure of the VAE. */
    public VaeStructure vae() {
        return contents.vae();
    }

    /**
     * The structure of a text encoder.
     *
     * @throws CheckpointException when the model has no such text encoder
     */
    public TextEncoderStructure textEncoder(Component component) {
        return present(component, contents.textEncoders().get(component));
    }

    /**
     * All tensors of a network under diffusers' names, such as {@code down_blocks.0.resnets.0.conv1.weight} or
     * {@code text_model.final_layer_norm.bias}; exactly those that its structure needs.
     *
     * @throws CheckpointException when the model has no such network
     */
    public Map<String, TensorView> tensors(Component component) {
        return present(component, contents.tensors().get(component));
    }

    private <T> T present(Component component, @Nullable T value) {
        if (value == null) {
            throw new CheckpointException(
                    "%s is %s and has no %s".formatted(path, family().displayName(), component.folderName()));
        }
        return value;
    }

    /** The metadata of the file; of a folder, that of the UNet's file. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * Whether the UNet predicts velocity (v) rather than noise, if the model says so: by a tensor {@code v_pred}, else
     * the metadata {@code modelspec.prediction_type}; in a folder by the scheduler's configuration. Empty when it does
     * not say; then only the user knows.
     */
    public Optional<Boolean> vPrediction() {
        return hints.vPrediction();
    }

    /**
     * Whether the noise schedule is rescaled to zero terminal signal-to-noise ratio, if the model says so: by a tensor
     * {@code ztsnr}; in a folder by the scheduler's configuration.
     */
    public Optional<Boolean> zeroTerminalSnr() {
        return hints.zeroTerminalSnr();
    }

    /** The factor for the VAE's latents: from the folder's configuration, else the family's. */
    public double vaeScalingFactor() {
        return hints.vaeScalingFactor().orElse(family().vaeScalingFactor());
    }

    /** The file or folder that was opened. */
    public Path path() {
        return path;
    }

    /** The file whose hash names the model in a LoRA's metadata: the single file, or the folder's UNet. */
    public Path fileForHash() {
        return fileForHash;
    }

    /**
     * Reads all weights of some networks and checks that they are finite numbers.
     *
     * @throws CheckpointException when one is not; the message names the tensor and the index in it
     */
    public void requireFinite(Component... components) {
        var scan = new FiniteScan();
        for (Component component : components) {
            tensors(component).forEach((name, tensor) -> {
                OptionalLong index = scan.firstNotFinite(tensor);
                if (index.isPresent()) {
                    throw new CheckpointException(
                            "%s: tensor '%s' (%s of the %s) is not a finite number at index %d; the file is damaged"
                                    .formatted(path, tensor.name(), name, component.folderName(), index.getAsLong()));
                }
            });
        }
    }

    /** Closes the files. Tensor views that were obtained before stay readable. */
    @Override
    public void close() {
        files.forEach(SafetensorsFile::close);
    }
}
