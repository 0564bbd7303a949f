package io.github.txt2lora.mlflow;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends in order, on a thread of its own, so that a slow or absent server holds up no training. A server that does not
 * answer is asked again until the queue is closed; what it refuses is left out.
 */
final class SendingQueue {

    private static final Logger log = LoggerFactory.getLogger(SendingQueue.class);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    /** An error that stays is one of the request and not of the moment. */
    private static final int MOST_ERRORS = 5;

    private static final Sending END = () -> {};

    private final BlockingQueue<Sending> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final MlflowServer server;
    private final Duration firstWait;
    private final Thread thread;
    private volatile long deadline = Long.MAX_VALUE;
    private boolean isAway;

    SendingQueue(MlflowServer server) {
        this(server, FIRST_WAIT);
    }

    /** @param firstWait before a second try; later ones wait twice as long each time */
    SendingQueue(MlflowServer server, Duration firstWait) {
        this.server = server;
        this.firstWait = firstWait;
        thread = new Thread(this::sendAll, "txt2lora-mlflow");
        thread.setDaemon(true);
        thread.start();
    }

    void add(Sending sending) {
        waiting.add(sending);
    }

    /** Sends what waits, but not longer than this, and ends. */
    void close(Duration patience) {
        if (closing.getCount() == 0) {
            return;
        }
        deadline = System.nanoTime() + patience.toNanos();
        waiting.add(END);
        closing.countDown();
        boolean interrupted = false;
        try {
            thread.join(patience.toMillis() + 1);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive()) {
            thread.interrupt();
            log.warn("MLflow at {} did not take all that was to be tracked; the newest of it is missing there", server);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendAll() {
        try {
            for (Sending next = waiting.take(); next != END; next = waiting.take()) {
                send(next);
            }
        } catch (InterruptedException e) {
            log.debug("sending to MLflow was interrupted", e);
        }
    }

    private void send(Sending sending) throws InterruptedException {
        Duration wait = firstWait;
        int errors = 0;
        while (true) {
            try {
                sending.send();
                tellBack();
                return;
            } catch (IOException e) {
                tellAway(e);
            } catch (RefusedException e) {
                errors++;
                if (!e.isTemporary() || (!e.isBusy() && errors == MOST_ERRORS)) {
                    log.warn("MLflow at {} refused something that was to be tracked: {}", server, e.getMessage());
                    return;
                }
                tellAway(e);
            } catch (RuntimeException e) {
                log.warn("Something could not be tracked in MLflow at {}", server, e);
                return;
            }
            pause(wait);
            wait = wait.compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : wait;
        }
    }

    /** Once the queue is closing, the pauses are short. */
    private void pause(Duration wait) throws InterruptedException {
        boolean isClosing = closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        if (isClosing) {
            if (System.nanoTime() - deadline >= 0) {
                throw new InterruptedException("no time is left");
            }
            TimeUnit.MILLISECONDS.sleep(Math.min(firstWait.toMillis(), FIRST_WAIT.toMillis()));
        }
    }

    private void tellAway(Exception failure) {
        if (!isAway) {
            isAway = true;
            log.warn(
                    "MLflow at {} does not answer ({}); what is to be tracked waits for it, and trainings continue",
                    server,
                    failure.getMessage());
        }
    }

    private void tellBack() {
        if (isAway) {
            isAway = false;
            log.info("MLflow at {} answers again", server);
        }
    }
}
