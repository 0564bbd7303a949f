package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An opened model, whatever its layout: all tensors under the names that the networks know them by, and what can be
 * read off them. Opening reads headers only; the weights are mapped and read when they are used.
 */
public final class Checkpoint implements AutoCloseable {
    private static final List<CheckpointFormat> STABLE_DIFFUSION = List.of(new StableDiffusionFormat());

    private final Path path;
    private final List<SafetensorsFile> files;
    private final CheckpointContents contents;

    private Checkpoint(Path path, List<SafetensorsFile> files, CheckpointContents contents) {
        this.path = path;
        this.files = List.copyOf(files);
        this.contents = contents;
    }

    /**
     * Opens a single file or a folder of Stable Diffusion.
     *
     * @throws CheckpointException when it is no complete model of Stable Diffusion; the message names the problem
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint open(Path path) {
        return open(path, STABLE_DIFFUSION, () -> {});
    }

    /**
     * Opens a single file or a folder, for reading that can be broken off.
     *
     * @param formats tried in order
     * @param beforeRead runs before weights are read, again for each tensor and each 16 MiB; its exceptions come out
     *     of the method that reads
     * @throws CheckpointException when it is no complete model of a known family; the message names the problem
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint open(Path path, List<CheckpointFormat> formats, Runnable beforeRead) {
        return Files.isDirectory(path) ? openFolder(path, formats, beforeRead) : openFile(path, formats, beforeRead);
    }

    /**
     * Opens a checkpoint of Stable Diffusion in one file, as they are shared in the community.
     *
     * @throws CheckpointException when it is no complete model of a known family; the message names the problem
     * @throws StorageException when the file cannot be read
     */
    public static Checkpoint openFile(Path path) {
        return openFile(path, STABLE_DIFFUSION, () -> {});
    }

    private static Checkpoint openFile(Path path, List<CheckpointFormat> formats, Runnable beforeRead) {
        SafetensorsFile file = SafetensorsFile.open(path, beforeRead);
        try {
            CheckpointContents contents = first(path, formats, format -> format.read(file));
            return new Checkpoint(path, List.of(file), contents);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Opens a folder as diffusers writes it for Stable Diffusion: {@code unet}, {@code vae}, {@code text_encoder}, for
     * SDXL also {@code text_encoder_2}, each with safetensors weights.
     *
     * @throws CheckpointException when it is no complete model of a known family; the message names the missing tensors
     * @throws StorageException when a file cannot be read
     */
    public static Checkpoint openFolder(Path folder) {
        return openFolder(folder, STABLE_DIFFUSION, () -> {});
    }

    private static Checkpoint openFolder(Path folder, List<CheckpointFormat> formats, Runnable beforeRead) {
        List<SafetensorsFile> opened = new ArrayList<>();
        try {
            CheckpointContents contents = first(
                    folder,
                    formats,
                    format -> format.read(folder, file -> {
                        SafetensorsFile model = SafetensorsFile.open(file, beforeRead);
                        opened.add(model);
                        return model;
                    }));
            return new Checkpoint(folder, opened, contents);
        } catch (RuntimeException e) {
            opened.forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private static CheckpointContents first(
            Path path,
            List<CheckpointFormat> formats,
            Function<CheckpointFormat, Optional<CheckpointContents>> reader) {
        return formats.stream()
                .flatMap(format -> reader.apply(format).stream())
                .findFirst()
                .orElseThrow(() -> new CheckpointException(path + " is of no known model family"));
    }

    /** The family of the model. */
    public ModelFamily family() {
        return contents.family();
    }

    /**
     * The structure of the UNet.
     *
     * @throws CheckpointException when the denoiser is no UNet
     */
    public UNetStructure unet() {
        return present(Component.UNET, contents.unet());
    }

    /**
     * The structure of the VAE.
     *
     * @throws CheckpointException when the model has none like Stable Diffusion's
     */
    public VaeStructure vae() {
        return present(Component.VAE, contents.vae());
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

    /** The metadata of the file; of a folder, that of the denoiser's file. */
    public Map<String, String> metadata() {
        return contents.metadata();
    }

    /**
     * Whether the UNet predicts velocity (v) rather than noise, if the model says so: by a tensor {@code v_pred}, else
     * the metadata {@code modelspec.prediction_type}; in a folder by the scheduler's configuration. Empty when it does
     * not say; then only the user knows.
     */
    public Optional<Boolean> vPrediction() {
        return contents.hints().vPrediction();
    }

    /**
     * Whether the noise schedule is rescaled to zero terminal signal-to-noise ratio, if the model says so: by a tensor
     * {@code ztsnr}; in a folder by the scheduler's configuration.
     */
    public Optional<Boolean> zeroTerminalSnr() {
        return contents.hints().zeroTerminalSnr();
    }

    /** The factor for the VAE's latents: from the folder's configuration, else the family's. */
    public double vaeScalingFactor() {
        return contents.hints().vaeScalingFactor().orElse(family().latents().scalingFactor());
    }

    /** The file or folder that was opened. */
    public Path path() {
        return path;
    }

    /** The file whose hash names the model in a LoRA's metadata: the single file, or that of the folder's denoiser. */
    public Path fileForHash() {
        return contents.fileForHash();
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
