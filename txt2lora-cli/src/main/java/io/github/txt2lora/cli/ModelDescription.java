package io.github.txt2lora.cli;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.internal.file.FileTree;
import io.github.txt2lora.internal.file.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A description of a model, from its file or folder.
 *
 * @param path the file, or the folder in diffusers' layout
 * @param family of a model that can be used
 * @param prediction its prediction type, {@code epsilon} or {@code v_prediction}, if it says so
 * @param bytes on the disk
 * @param sha256 of a single file, if it is wanted
 * @param problem why it cannot be used, if it cannot
 */
record ModelDescription(
        Path path,
        Optional<String> family,
        Optional<String> prediction,
        long bytes,
        Optional<String> sha256,
        Optional<String> problem) {

    /** Reads the headers, and all of the file for its hash. */
    static ModelDescription of(Path path, boolean withHash) {
        long bytes = size(path);
        Optional<String> sha256 =
                withHash && Files.isRegularFile(path) ? Optional.of(Sha256.of(path)) : Optional.empty();
        try (Checkpoint checkpoint = Families.standard().open(path)) {
            return new ModelDescription(
                    path,
                    Optional.of(checkpoint.family().displayName()),
                    checkpoint.vPrediction().map(velocity -> velocity ? "v_prediction" : "epsilon"),
                    bytes,
                    sha256,
                    Optional.empty());
        } catch (Txt2LoraException e) {
            return new ModelDescription(
                    path,
                    Optional.empty(),
                    Optional.empty(),
                    bytes,
                    sha256,
                    Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** The name to write into settings. */
    private String name() {
        String name = path.getFileName().toString();
        return name.endsWith(".safetensors") ? name.substring(0, name.length() - ".safetensors".length()) : name;
    }

    /** One line, or one more for the hash. */
    String text() {
        String what = family.map(
                        known -> known + prediction.map(kind -> ", " + kind).orElse(", does not say what it predicts"))
                .orElseGet(() -> "cannot be used: " + problem.orElse(""));
        String line = Excerpt.of(name()) + ": " + what + ", " + ByteSize.text(bytes);
        return sha256.map(hash -> line + System.lineSeparator() + "  SHA-256 " + hash)
                .orElse(line);
    }

    /** All of it. */
    JsonLine json() {
        return JsonLine.part()
                .put("name", name())
                .put("path", path)
                .put("family", family)
                .put("prediction", prediction)
                .put("bytes", bytes)
                .put("sha256", sha256)
                .put("problem", problem);
    }

    private static long size(Path path) {
        return FileTree.files(path).stream()
                .mapToLong(file -> file.toFile().length())
                .sum();
    }
}
