package io.github.txt2lora.testing;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A request for images, drawn instantly when its turn comes: a disc whose colour depends on the prompt. */
final class FakePictures implements FakeTask {

    private static final int HUES = 360;

    private static final double USUAL_SIZE = 0.5;

    private final ImageRequest request;
    private final CompletableFuture<List<GeneratedImage>> result = new CompletableFuture<>();
    private volatile @Nullable Txt2LoraException ended;

    FakePictures(ImageRequest request) {
        this.request = request;
    }

    @Override
    public boolean step(Duration now) {
        result.complete(IntStream.range(0, request.count())
                .mapToObj(index -> picture(request, index, USUAL_SIZE))
                .toList());
        return true;
    }

    /**
     * Draws one image.
     *
     * @param index added to the seed of the request
     * @param size of the disc, as a part of the sides
     */
    static GeneratedImage picture(ImageRequest request, int index, double size) {
        long seed = request.seed() + index;
        var image = new BufferedImage(request.width(), request.height(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(color(request.negativePrompt().hashCode() + Long.hashCode(seed), 0.3f));
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setColor(color(request.prompt().hashCode(), 1));
        int width = (int) Math.round(image.getWidth() * size);
        int height = (int) Math.round(image.getHeight() * size);
        graphics.fillOval((image.getWidth() - width) / 2, (image.getHeight() - height) / 2, width, height);
        graphics.dispose();
        return new GeneratedImage(image, seed, request);
    }

    private static Color color(int hash, float saturation) {
        return Color.getHSBColor(Math.floorMod(hash, HUES) / (float) HUES, saturation, 1);
    }

    @Override
    public Duration due() {
        return FakeWorker.NEVER;
    }

    @Override
    public boolean isDone() {
        return result.isDone();
    }

    /** Ends the wait for them. */
    void fail(Txt2LoraException failure) {
        ended = failure;
        result.completeExceptionally(failure);
    }

    private void requireWanted() {
        Txt2LoraException failure = ended;
        if (failure != null) {
            throw failure;
        }
    }

    /** Waits for the images and reports each step to the listener. */
    List<GeneratedImage> await(ImageListener listener) {
        try {
            List<GeneratedImage> images = result.get();
            long steps = (long) request.steps() * request.count();
            for (long step = 1; step <= steps; step++) {
                listener.stepFinished(new ImageProgress(step, steps));
                requireWanted();
            }
            return images;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Txt2LoraException("interrupted while waiting for images of \"" + request.prompt() + "\"", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Txt2LoraException failure) {
                throw failure;
            }
            throw new Txt2LoraException("drawing \"" + request.prompt() + "\" failed: " + e.getCause(), e.getCause());
        }
    }
}
