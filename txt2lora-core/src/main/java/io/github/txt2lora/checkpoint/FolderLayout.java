package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.CheckpointFormat.FileOpener;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The layout of diffusers: a folder with one folder of weights and configuration for each network. */
final class FolderLayout {
    private FolderLayout() {}

    /**
     * Opens the files of a folder and finds the networks in them.
     *
     * @param opener opens files, which stay open as long as the model
     * @throws CheckpointException when a network or a tensor is missing or damaged
     */
    static CheckpointContents read(Path folder, FileOpener opener) {
        boolean second = Files.isDirectory(folder.resolve(Component.TEXT_ENCODER_2.folderName()));
        StableDiffusion widest = second ? StableDiffusion.SDXL : StableDiffusion.SD1;
        Map<Component, ComponentTensors> found = new EnumMap<>(Component.class);
        List<SafetensorsFile> files = new ArrayList<>();
        for (Component component : widest.networks()) {
            found.put(component, open(folder, component, file -> remembered(files, opener.open(file))));
        }
        return StableDiffusionNetworks.of(folder, generation(found), found)
                .contents(hints(folder), files.get(0).metadata(), fileForHash(folder));
    }

    private static SafetensorsFile remembered(List<SafetensorsFile> files, SafetensorsFile file) {
        files.add(file);
        return file;
    }

    /** SD 1.x and SD 2.x differ in how the attention's projections are stored. */
    static StableDiffusion generation(Map<Component, ComponentTensors> found) {
        if (found.containsKey(Component.TEXT_ENCODER_2)) {
            return StableDiffusion.SDXL;
        }
        boolean linear = Optional.ofNullable(found.get(Component.UNET))
                .flatMap(unet -> unet.find("mid_block.attentions.0.proj_in.weight"))
                .map(matrix -> matrix.shape().size() == 2)
                .orElse(false);
        return linear ? StableDiffusion.SD2 : StableDiffusion.SD1;
    }

    private static ComponentTensors open(Path folder, Component component, FileOpener opener) {
        Path part = folder.resolve(component.folderName());
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        for (Path weights : WeightFiles.find(part, component.weightsName())) {
            SafetensorsFile file = opener.open(weights);
            for (TensorView tensor : file.tensors()) {
                if (tensors.put(tensor.name(), tensor) != null) {
                    throw new CheckpointException(
                            "%s: tensor '%s' is in another shard too".formatted(weights, Excerpt.of(tensor.name())));
                }
            }
        }
        KeyMap keys = component == Component.VAE ? vaeKeys(tensors.keySet()) : KeyMap.DIFFUSERS;
        return new ComponentTensors(part, component, "", tensors, keys, UnusedTextKeys.of(component));
    }

    /** The names that diffusers gives to the tensors of a VAE, in old or in new files. */
    static KeyMap vaeKeys(Set<String> keys) {
        return keys.contains(OldVaeAttentionKeys.TELLING_KEY) ? new OldVaeAttentionKeys() : KeyMap.DIFFUSERS;
    }

    /**
     * The hints in the configuration files of a folder.
     *
     * @throws CheckpointException when such a file is damaged
     */
    static ModelHints hints(Path folder) {
        JsonNode scheduler = JsonFile.readIfPresent(folder.resolve("scheduler").resolve("scheduler_config.json"));
        Path vaeFile = folder.resolve(Component.VAE.folderName()).resolve("config.json");
        JsonNode factor = JsonFile.readIfPresent(vaeFile).path("scaling_factor");
        if (!factor.isMissingNode()
                && !(factor.isNumber() && factor.asDouble() > 0 && Double.isFinite(factor.asDouble()))) {
            throw new CheckpointException("%s: scaling_factor is %s; expected a finite number above 0"
                    .formatted(vaeFile, Excerpt.of(factor.toString())));
        }
        JsonNode zeroSnr = scheduler.path("rescale_betas_zero_snr");
        return new ModelHints(
                ModelHints.prediction(scheduler.path("prediction_type").textValue()),
                zeroSnr.isBoolean() ? Optional.of(zeroSnr.asBoolean()) : Optional.empty(),
                factor.isMissingNode() ? Optional.empty() : Optional.of(factor.asDouble()));
    }

    /** The file that stands for the model where one hash is wanted: the UNet's first. */
    static Path fileForHash(Path folder) {
        List<Path> files = WeightFiles.find(folder.resolve(Component.UNET.folderName()), Component.UNET.weightsName());
        return files.get(0);
    }
}
