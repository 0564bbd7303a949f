package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The PNG files of a training's previews. */
final class PreviewFiles {

    private final LoraTraining training;
    private final Path folder;
    private final Pattern name;

    PreviewFiles(LoraTraining training) {
        this.training = training;
        this.folder = training.preview().folderOf(training);
        this.name = Pattern.compile(Pattern.quote(training.name()) + "-(\\d{6,9})-\\d{1,9}\\.png");
    }

    /**
     * Deletes those of later iterations, which are of a training before this one.
     *
     * @param iteration iterations that the training has
     * @throws StorageException if one cannot be deleted
     */
    void deleteAfter(int iteration) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(path -> isAfter(path, iteration) && RegularFile.isAt(path))
                    .toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StorageException(
                    "previews of an earlier training could not be deleted from " + folder + ": " + e, e);
        }
    }

    private boolean isAfter(Path file, int iteration) {
        Matcher matcher = name.matcher(String.valueOf(file.getFileName()));
        return matcher.matches() && Integer.parseInt(matcher.group(1)) > iteration;
    }

    /**
     * Writes the images of one preview.
     *
     * @throws StorageException if one cannot be written
     */
    List<Path> write(int iteration, List<GeneratedImage> images) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new StorageException("the folder " + folder + " cannot be created: " + e, e);
        }
        List<Path> written = new ArrayList<>();
        for (int i = 0; i < images.size(); i++) {
            Path file = training.preview().file(training, iteration, i);
            images.get(i).writePng(file);
            written.add(file);
        }
        return written;
    }
}
