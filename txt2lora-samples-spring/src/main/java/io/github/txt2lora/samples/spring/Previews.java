package io.github.txt2lora.samples.spring;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The images that trainings draw on their way, in a folder for each training. The engine writes them; they outlive a
 * restart. Files are found by numbers, never by what a client wrote.
 */
@Component
final class Previews {

    private static final Pattern FILE = Pattern.compile(".*-(\\d{6,9})-(\\d{1,4})\\.png");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
    private static final List<Long> SEEDS = List.of(1L, 2L);

    private final ServiceSettings settings;

    Previews(ServiceSettings settings) {
        this.settings = settings;
    }

    /** A training that draws previews, if the service wants any. */
    LoraTraining of(long id, LoraTraining training) {
        PreviewSpec.Builder preview = PreviewSpec.builder()
                .everyIterations(settings.previewEvery())
                .seeds(SEEDS)
                .guidanceScale(settings.guidance())
                .mostShare(settings.previewShare())
                .folder(folder(id));
        return training.toBuilder().preview(preview.build()).build();
    }

    private Path folder(long id) {
        return settings.previews().resolve(String.valueOf(id));
    }

    /** The previews of a training, the first first. */
    List<Preview> of(long id) {
        Map<Integer, Integer> counts = new TreeMap<>();
        for (Path file : children(folder(id))) {
            Matcher name = FILE.matcher(file.getFileName().toString());
            if (name.matches()) {
                counts.merge(Integer.valueOf(name.group(1)), 1, Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .map(each -> Preview.of(id, each.getKey(), each.getValue()))
                .toList();
    }

    /** An image of a preview. */
    Resource picture(long id, int iteration, int image) {
        for (Path file : children(folder(id))) {
            Matcher name = FILE.matcher(file.getFileName().toString());
            if (name.matches()
                    && Integer.parseInt(name.group(1)) == iteration
                    && Integer.parseInt(name.group(2)) == image) {
                return new FileSystemResource(file);
            }
        }
        throw Refusal.of(
                HttpStatus.NOT_FOUND,
                "training " + id + " has no such picture; expected one of the list at /trainings/" + id + "/previews");
    }

    /** Deletes the images of trainings that the database has forgotten. */
    void forgetAllBut(Set<Long> kept) {
        for (Path folder : children(settings.previews())) {
            String name = folder.getFileName().toString();
            if (NUMBER.matcher(name).matches() && !kept.contains(Long.valueOf(name))) {
                try {
                    FileSystemUtils.deleteRecursively(folder);
                } catch (IOException e) {
                    throw new StorageException("the folder " + folder + " cannot be deleted: " + e, e);
                }
            }
        }
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (IOException e) {
            throw new StorageException("the folder " + folder + " cannot be listed: " + e, e);
        }
    }
}
