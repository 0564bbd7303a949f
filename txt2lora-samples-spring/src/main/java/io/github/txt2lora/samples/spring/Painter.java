package io.github.txt2lora.samples.spring;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.samples.spring.Drawing.Cell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Draws the images of a table and sends each as soon as it is there. */
final class Painter implements Runnable {

    private final TrainingEngine engine;
    private final Drawing drawing;
    private final SseEmitter client;

    Painter(TrainingEngine engine, Drawing drawing, SseEmitter client) {
        this.engine = engine;
        this.drawing = drawing;
        this.client = client;
    }

    @Override
    public void run() {
        try {
            send("table", Map.of("rows", drawing.rows(), "columns", drawing.columns()));
            for (Cell cell : drawing.cells()) {
                draw(cell);
            }
            send("finished", Map.of("pictures", drawing.cells().size()));
            client.complete();
        } catch (Txt2LoraException e) {
            fail(e);
        } catch (UncheckedIOException | IllegalStateException e) {
            client.completeWithError(e); // the client is not there any more
        }
    }

    private void draw(Cell cell) {
        GeneratedImage image = engine.generate(cell.request(), new ImageListener() {
                    @Override
                    public void stepFinished(ImageProgress progress) {}

                    @Override
                    public void warned(String message) {
                        send("warning", Map.of("message", message));
                    }
                })
                .get(0);
        send(
                "picture",
                Map.of(
                        "row", cell.row(),
                        "column", cell.column(),
                        "seed", image.seed(),
                        "png", "data:image/png;base64," + Base64.getEncoder().encodeToString(png(image))));
    }

    /** With prompt and settings in it, which web UIs read; those are only written to files. */
    private static byte[] png(GeneratedImage image) {
        try {
            Path file = Files.createTempFile("drawing", ".png");
            try {
                image.writePng(file);
                return Files.readAllBytes(file);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new StorageException("the picture cannot be kept while it is sent: " + e, e);
        }
    }

    private void fail(Txt2LoraException failure) {
        try {
            send("failed", Map.of("reason", String.valueOf(failure.getMessage())));
            client.complete();
        } catch (UncheckedIOException | IllegalStateException e) {
            client.completeWithError(e);
        }
    }

    /** A comment, by which the server notices that the client has left. */
    void signOfLife() {
        try {
            client.send(SseEmitter.event().comment("waiting"));
        } catch (IOException | IllegalStateException e) {
            client.completeWithError(e);
        }
    }

    private void send(String name, Map<String, ?> data) {
        try {
            client.send(SseEmitter.event().name(name).data(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
