package io.github.txt2lora.engine;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.NearestWord;
import io.github.txt2lora.text.LoraTag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The LoRAs that a prompt can name. */
final class LoraFolder {

    private static final String ENDING = ".safetensors";
    private static final int DEEPEST = 16;

    private LoraFolder() {}

    /**
     * The file of a tag.
     *
     * @param given the folder, which is searched with its subfolders; empty if none was given
     * @throws InvalidSettingException if there is no folder, or no file of the name in it
     * @throws StorageException if the folder cannot be read
     */
    static LoraWeight find(LoraTag tag, Optional<Path> given) {
        Path folder = given.orElseThrow(
                () -> new InvalidSettingException("the prompt names the LoRA " + Excerpt.quoted(tag.name())
                        + ", but the request has no loraFolder to look in; call loraFolder(...) with the folder of the "
                        + ENDING
                        + " file"));
        Map<String, Path> files = list(folder);
        Path file = files.get(tag.name());
        if (file != null) {
            return new LoraWeight(file, tag.weight(), tag.textEncoderWeight());
        }
        String hint = files.isEmpty()
                ? "the folder has no " + ENDING + " files"
                : "did you mean " + files.get(NearestWord.to(tag.name(), files.keySet())) + "?";
        throw new InvalidSettingException("the prompt names the LoRA " + Excerpt.quoted(tag.name())
                + ", but there is no " + ENDING + " file of that name in " + folder + "; " + hint);
    }

    /** Files by their names without the ending; of two with one name, the first by path. */
    private static Map<String, Path> list(Path folder) {
        Map<String, Path> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(folder, DEEPEST)) {
            found.filter(file -> file.toString().endsWith(ENDING)).sorted().forEach(file -> {
                String name = String.valueOf(file.getFileName());
                files.putIfAbsent(name.substring(0, name.length() - ENDING.length()), file);
            });
        } catch (IOException | UncheckedIOException e) {
            throw new StorageException(
                    "cannot list the LoRA folder " + folder + ": " + e.getMessage()
                            + "; expected a folder with .safetensors files",
                    e);
        }
        return files;
    }
}
