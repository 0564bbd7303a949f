package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The time of fake engines. Nobody sleeps: where a script says that something takes a minute, the clock is moved by a
 * minute, by itself or by the test. Several engines may share a clock. All methods may be called from any thread.
 */
public final class VirtualClock {

    /** Also guards the state of the engines. Fair, so that a test gets a word in while an engine makes iterations. */
    private final ReentrantLock lock = new ReentrantLock(true);

    private final Condition changed = lock.newCondition();
    private final List<FakeWorker> workers = new ArrayList<>();
    private final boolean jumps;
    private Duration now = Duration.ZERO;

    private VirtualClock(boolean jumps) {
        this.jumps = jumps;
    }

    /** A clock that jumps ahead whenever an engine would have to wait. */
    public static VirtualClock jumping() {
        return new VirtualClock(true);
    }

    /** A clock that stands still until {@link #advance} moves it. */
    public static VirtualClock stopped() {
        return new VirtualClock(false);
    }

    /** The time since the clock was made. */
    public Duration now() {
        return locked(() -> now);
    }

    /**
     * Lets the engines do all that they were asked for, moves the clock, and waits until they have done what falls into
     * that time and their listeners were told of it. Called by a listener, or on a thread that is interrupted, it does
     * not wait.
     *
     * @throws InvalidSettingException if the duration is negative
     */
    public void advance(Duration duration) {
        if (Check.given("duration", duration).isNegative()) {
            throw InvalidSettingException.of("duration", duration, "zero or more: time does not go back");
        }
        locked(() -> {
            Duration end = now.plus(duration);
            if (workers.stream().noneMatch(FakeWorker::isCallingListeners)) {
                passBy(end);
            }
            moveTo(end);
        });
    }

    /** Stops at each moment at which something is due, so that what follows from it begins at that moment. */
    private void passBy(Duration end) {
        try {
            awaitQuiet();
            for (Duration next = nextDue(); next.compareTo(end) <= 0; next = nextDue()) {
                moveTo(next);
                awaitQuiet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration nextDue() {
        return workers.stream().map(FakeWorker::due).min(Duration::compareTo).orElse(FakeWorker.NEVER);
    }

    private void moveTo(Duration time) {
        if (time.compareTo(now) > 0) {
            now = time;
            workers.forEach(FakeWorker::wake);
        }
    }

    private void awaitQuiet() throws InterruptedException {
        while (!workers.stream().allMatch(FakeWorker::isQuiet)) {
            changed.await();
        }
    }

    /** Does something that no engine on this clock may see half done. */
    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #locked(Supplier)}. */
    void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Tells all who wait to look again; the lock is held. */
    void signal() {
        changed.signalAll();
    }

    /** Waits, without the lock, until something is no longer so; the lock is held. */
    void awaitWhile(BooleanSupplier condition) {
        while (condition.getAsBoolean()) {
            changed.awaitUninterruptibly();
        }
    }

    /** Moves the clock to a time if it is one that jumps; whether it did. The lock is held. */
    boolean jumpTo(Duration time) {
        boolean moves = jumps && !time.equals(FakeWorker.NEVER) && time.compareTo(now) > 0;
        if (moves) {
            now = time;
        }
        return moves;
    }

    void add(FakeWorker worker) {
        locked(() -> {
            workers.add(worker);
        });
    }

    void remove(FakeWorker worker) {
        locked(() -> {
            workers.remove(worker);
            signal();
        });
    }
}
