package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the safetensors files of one network in a diffusers folder: one file, or shards with an index. */
final class WeightFiles {
    /** Full precision first; the plain name is what diffusers writes unless told otherwise. */
    private static final List<String> VARIANTS = List.of("", ".fp16");

    /** On Linux or on Windows. */
    private static final Pattern LEADS_ELSEWHERE = Pattern.compile("[/\\\\:]");

    private WeightFiles() {}

    /**
     * The files of a network.
     *
     * @param folder such as {@code model/unet}
     * @throws CheckpointException when there is none, or when an index names a file that is not there
     */
    static List<Path> find(Path folder, String name) {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(
                    "%s does not exist; expected a diffusers folder with unet, vae and text_encoder".formatted(folder));
        }
        for (String variant : VARIANTS) {
            Path whole = folder.resolve(name + variant + ".safetensors");
            if (Files.exists(whole)) {
                return List.of(whole);
            }
            // Newer releases of diffusers put the variant last in the name of the index.
            for (String index : List.of(
                    name + variant + ".safetensors.index.json", name + ".safetensors.index" + variant + ".json")) {
                if (Files.exists(folder.resolve(index))) {
                    return shards(folder.resolve(index));
                }
            }
        }
        throw new CheckpointException("%s has no %s.safetensors, only %s; expected safetensors weights: download them,"
                        .formatted(folder, name, names(folder))
                + " or convert the model with a tool that you trust (pickle files such as .bin are never read)");
    }

    private static List<Path> shards(Path index) {
        JsonNode map = JsonFile.readIfPresent(index).path("weight_map");
        Set<String> names = new TreeSet<>();
        for (JsonNode shard : map) {
            String name = shard.asText();
            if (!shard.isTextual()
                    || !name.endsWith(".safetensors")
                    || LEADS_ELSEWHERE.matcher(name).find()) {
                throw new CheckpointException("%s: weight_map names the file '%s'; expected a .safetensors beside it"
                        .formatted(index, Excerpt.of(name)));
            }
            names.add(name);
        }
        if (names.isEmpty()) {
            throw new CheckpointException(index + ": no weight_map; expected an object of tensor and file names");
        }
        return names.stream().map(name -> shard(index, name)).toList();
    }

    private static Path shard(Path index, String name) {
        try {
            return index.resolveSibling(name);
        } catch (InvalidPathException e) {
            throw new CheckpointException(
                    "%s: weight_map names the file '%s', which no file can be called: %s"
                            .formatted(index, Excerpt.of(name), e.getReason()),
                    e);
        }
    }

    private static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .limit(20)
                    .toList();
        } catch (IOException e) {
            throw new StorageException("%s cannot be listed: %s".formatted(folder, e), e);
        }
    }
}
