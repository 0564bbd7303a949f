package io.github.txt2lora.engine;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.engine.JobControl.CancelSignal;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.torch.TorchException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One request for images: the engine's thread draws and reports, the calling thread waits and passes the reports on to
 * the listener, which therefore never holds up the engine.
 */
final class ImageCall implements ImageListener {

    private final ImageRequest request;
    private final Runnable requireOpen;
    /** Calls of the listener; empty at the end. */
    private final BlockingQueue<Optional<Consumer<ImageListener>>> reports = new LinkedBlockingQueue<>();

    private final CompletableFuture<List<GeneratedImage>> result = new CompletableFuture<>();
    private volatile boolean cancelled;
    private boolean answered;

    /**
     * A call without a waiting thread yet.
     *
     * @param requireOpen throws if the engine is closed
     */
    ImageCall(ImageRequest request, Runnable requireOpen) {
        this.request = request;
        this.requireOpen = requireOpen;
    }

    ImageRequest request() {
        return request;
    }

    /** Draws on the engine's thread, unless that was done. */
    void run(Supplier<List<GeneratedImage>> drawing) {
        if (answered) {
            return;
        }
        try {
            requireWanted();
            result.complete(drawing.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
        end();
    }

    /**
     * As {@link #run}, but before its turn.
     *
     * @return false if it is put off: by a {@link NotNow}, or because memory does not suffice
     */
    boolean attempt(Supplier<List<GeneratedImage>> drawing) {
        try {
            requireWanted();
            result.complete(drawing.get());
        } catch (NotNow e) {
            return false;
        } catch (RuntimeException | Error e) {
            if (e instanceof TorchException failure && failure.isOutOfMemory()) {
                return false;
            }
            result.completeExceptionally(e);
        }
        end();
        return true;
    }

    private void end() {
        answered = true;
        reports.add(Optional.empty());
    }

    /** Called on the engine's thread between steps; throws to end the drawing if it was cancelled. */
    @Override
    public void stepFinished(ImageProgress progress) {
        report(listener -> listener.stepFinished(progress));
    }

    @Override
    public void warned(String message) {
        report(listener -> listener.warned(message));
    }

    private void report(Consumer<ImageListener> report) {
        requireWanted();
        reports.add(Optional.of(report));
    }

    /** Called on the engine's thread wherever the drawing can end; throws if the request was cancelled. */
    void requireWanted() {
        requireOpen.run();
        if (cancelled) {
            throw new CancelSignal();
        }
    }

    /** Waits on the calling thread; when it is left by an exception, the drawing is cancelled. */
    List<GeneratedImage> await(ImageListener listener) {
        try {
            for (var report = reports.take(); report.isPresent(); report = reports.take()) {
                report.get().accept(listener);
            }
            return result.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Txt2LoraException(
                    "interrupted while waiting for images of " + Excerpt.quoted(request.prompt()), e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Txt2LoraException failure) {
                throw failure;
            }
            throw new Txt2LoraException(
                    "drawing " + Excerpt.quoted(request.prompt()) + " failed: " + e.getCause(), e.getCause());
        } finally {
            cancelled = true;
        }
    }
}
