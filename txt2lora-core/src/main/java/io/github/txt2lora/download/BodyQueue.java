package io.github.txt2lora.download;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, taken piece by piece by a thread that gives up when none comes: the JDK's client knows no
 * limit for that. A piece is asked for when the one before is taken, so that the network waits for the disk.
 */
final class BodyQueue implements BodySubscriber<BodyQueue>, AutoCloseable {

    private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private @Nullable Subscription subscription;
    private boolean closed;

    /** Bytes, or a failure, or the end. */
    private record Piece(List<ByteBuffer> data, @Nullable Throwable failure) {}

    @Override
    public CompletionStage<BodyQueue> getBody() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public synchronized void onSubscribe(Subscription newSubscription) {
        subscription = newSubscription;
        if (closed) {
            newSubscription.cancel();
        } else {
            newSubscription.request(1);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> data) {
        pieces.add(new Piece(data, null));
    }

    @Override
    public void onError(Throwable failure) {
        pieces.add(new Piece(List.of(), failure));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece(List.of(), null));
    }

    /**
     * The next bytes; empty at the end.
     *
     * @throws HttpTimeoutException if none come for the stall time-out. Time that the heartbeat takes does not count: a
     *     job may be paused there
     * @throws IOException if the connection breaks
     */
    List<ByteBuffer> next(DownloadSettings settings, Heartbeat heartbeat) throws IOException {
        Duration waited = Duration.ZERO;
        while (waited.compareTo(settings.stallTimeout()) < 0) {
            Piece piece;
            try {
                piece = pieces.poll(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                throw heartbeat.interrupted(e);
            }
            if (piece == null) {
                waited = waited.plus(settings.poll());
                heartbeat.beat();
            } else if (piece.failure() != null) {
                throw new IOException("the connection broke off", piece.failure());
            } else {
                askForMore();
                return piece.data();
            }
        }
        throw new HttpTimeoutException(
                "no data came for " + settings.stallTimeout().toSeconds() + " s");
    }

    private synchronized void askForMore() {
        if (subscription != null) {
            subscription.request(1);
        }
    }

    /** Ends the connection unless all has come. */
    @Override
    public synchronized void close() {
        closed = true;
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
