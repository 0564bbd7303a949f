package io.github.txt2lora.spark;

import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.MetricsFile;
import io.github.txt2lora.event.TrainingListener;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Hands what happens on executors to the listener of a batch, and the metrics to their file. */
final class BatchReactions implements Progress.Listener {

    private final BatchListener listener;
    private final Optional<MetricsFile> metrics;
    private final int total;
    private final Map<String, TrainingListener> lines = new HashMap<>();
    private final Set<String> started = new HashSet<>();

    BatchReactions(BatchListener listener, Optional<MetricsFile> metrics, int total) {
        this.listener = listener;
        this.metrics = metrics;
        this.total = total;
    }

    boolean wantsEveryIteration() {
        return metrics.isPresent() || listener.wantsEveryIteration();
    }

    @Override
    public void on(String name, Happening happening) {
        if (happening instanceof Happening.Started) {
            // once, however many executors take it over
            if (started.add(name)) {
                listener.onLoraStarted(name, started.size(), total);
            }
        } else if (happening instanceof Happening.ModelNamed named) {
            listener.onModel(name, named.model());
        } else if (happening instanceof Happening.Downloading downloading) {
            listener.onDownload(name, downloading.progress());
        } else if (happening instanceof Happening.Training training) {
            listener.onTraining(name, training.event());
            // last, since it may throw
            metrics.ifPresent(
                    file -> lines.computeIfAbsent(name, file::listener).onEvent(training.event()));
        } else if (happening instanceof Happening.Resizing resizing) {
            listener.onResize(name, resizing.progress());
        } else if (happening instanceof Happening.PictureDrawn drawn) {
            listener.onPicture(name, drawn.done(), drawn.total());
        } else if (happening instanceof Happening.Warned warned) {
            listener.onWarning(name, warned.message());
        }
    }

    @Override
    public void onSuccessor(String name, String host, String lostHost) {
        listener.onWarning(name, Successor.sentence(host, lostHost));
    }

    @Override
    public void onEnd(String name, Object outcome) {
        lines.remove(name);
        listener.onLoraEnded((LoraOutcome) outcome);
    }
}
