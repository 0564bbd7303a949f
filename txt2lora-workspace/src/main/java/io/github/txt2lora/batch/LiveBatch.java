package io.github.txt2lora.batch;

import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What is known of a batch while it runs; from any thread. */
final class LiveBatch implements BatchListener {

    private final Map<String, LiveLora> loras = new LinkedHashMap<>();
    private final Clock clock;
    private final Instant begun;
    private boolean hasChanged = true;
    private boolean isUrgent = true;

    /** A batch of LoRAs, all of which wait. */
    LiveBatch(List<String> names, Clock clock) {
        this.clock = clock;
        this.begun = clock.instant();
        names.forEach(name -> loras.put(name, new LiveLora(name)));
    }

    /** Reads it while nothing changes. */
    synchronized <T> T read(Function<List<LiveLora>, T> reader) {
        hasChanged = false;
        isUrgent = false;
        return reader.apply(List.copyOf(loras.values()));
    }

    /** Whether something has changed since it was last read. */
    synchronized boolean hasChanged() {
        return hasChanged;
    }

    /** Whether the change is one that a reader waits for. */
    synchronized boolean isUrgent() {
        return isUrgent;
    }

    Instant now() {
        return clock.instant();
    }

    /** The time since the start. */
    Duration elapsed() {
        return Duration.between(begun, now());
    }

    /**
     * The time to the end of all, if those that wait take as long as those that were trained or are being trained do on
     * the average; empty while unknown.
     */
    static Optional<Duration> remaining(List<LiveLora> loras, Map<String, Duration> trained, Instant now) {
        long waiting = loras.stream()
                .filter(lora -> lora.outcome().isEmpty() && lora.begun().isEmpty())
                .count();
        Optional<Duration> current =
                loras.stream().flatMap(lora -> lora.remaining().stream()).max(Duration::compareTo);
        double each = loras.stream()
                .flatMap(lora -> Optional.ofNullable(trained.get(lora.name()))
                        .or(() -> lora.remaining()
                                .flatMap(left -> lora.begun()
                                        .map(begun ->
                                                Duration.between(begun, now).plus(left))))
                        .stream())
                .mapToLong(Duration::toMillis)
                .average()
                .orElse(-1);
        if (each < 0 || (current.isEmpty() && waiting == 0)) {
            return Optional.empty();
        }
        return Optional.of(current.orElse(Duration.ZERO).plusMillis((long) (each * waiting)));
    }

    private synchronized void change(String name, boolean urgent, Consumer<LiveLora> change) {
        @Nullable LiveLora lora = loras.get(name);
        if (lora != null) {
            change.accept(lora);
            hasChanged = true;
            isUrgent |= urgent;
        }
    }

    @Override
    public void onLoraStarted(String name, int number, int total) {
        change(name, true, lora -> lora.turn(now()));
    }

    @Override
    public void onModel(String name, String model) {
        change(name, false, lora -> lora.does("queued"));
    }

    @Override
    public void onDownload(String name, DownloadProgress progress) {
        change(name, false, lora -> lora.does("downloading its model"));
    }

    @Override
    public synchronized void onTraining(String name, TrainingEvent event) {
        change(name, false, lora -> isUrgent |= lora.happened(event));
    }

    @Override
    public void onResize(String name, OperationProgress progress) {
        change(name, false, lora -> lora.does("being resized"));
    }

    @Override
    public void onPicture(String name, int done, int total) {
        change(name, false, lora -> lora.does("drawing image " + done + " of " + total));
    }

    @Override
    public void onWarning(String name, String message) {
        change(name, false, lora -> lora.warned(message));
    }

    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        change(Objects.requireNonNull(outcome.name()), true, lora -> lora.ended(outcome));
    }
}
