package io.github.txt2lora.samples.spring;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.samples.spring.LoraLibrary.StoredLora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/** An image for each LoRA, by which it is known in a list. It is kept until the LoRA changes. */
@Component
final class LoraPictures {

    private static final Duration LATER = Duration.ofSeconds(2);

    private final TrainingEngine engine;
    private final Studio studio;
    private final ServiceSettings settings;
    private final Semaphore easel = new Semaphore(1);

    LoraPictures(TrainingEngine engine, Studio studio, ServiceSettings settings) {
        this.engine = engine;
        this.studio = studio;
        this.settings = settings;
    }

    /** Deletes the image of a LoRA that is there no more. */
    void forget(String name) throws IOException {
        FileSystemUtils.deleteRecursively(settings.pictures().resolve(name));
    }

    /** The image, which is drawn now if it is not there yet; one at a time, so that others may have to ask again. */
    Path of(StoredLora lora, String words) throws IOException {
        Path folder = settings.pictures().resolve(lora.name());
        Path file = folder.resolve(lora.version() + ".png");
        if (Files.exists(file)) {
            return file;
        }
        if (!easel.tryAcquire()) {
            throw Refusal.until(
                    HttpStatus.SERVICE_UNAVAILABLE, "another picture is being drawn; try again in a moment", LATER);
        }
        try {
            ImageRequest request = studio.request()
                    .prompt(new PlainWords(words).asPrompt())
                    .lora(lora.file(), 1)
                    .seed(1)
                    .build();
            var image = engine.generate(request).get(0);
            FileSystemUtils.deleteRecursively(folder);
            Files.createDirectories(folder);
            image.writePng(file);
            return file;
        } finally {
            easel.release();
        }
    }
}
