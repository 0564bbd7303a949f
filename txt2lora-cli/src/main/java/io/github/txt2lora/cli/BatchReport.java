package io.github.txt2lora.cli;

import io.github.txt2lora.batch.BatchListener;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.batch.LoraOutcome;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.spi.DownloadProgress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Tells about a batch. */
final class BatchReport implements BatchListener {

    private final Output output;
    private final String resuming;
    private final Map<String, ProgressReport> trainings = new ConcurrentHashMap<>();
    private final DownloadReport download;
    private volatile Progress resize;
    private volatile Progress preview;

    /**
     * A report.
     *
     * @param force whether everything is done again
     */
    BatchReport(Output output, boolean force) {
        this.output = output;
        this.resuming = (force ? "the command without --force" : "the same command") + " resumes";
        download = new DownloadReport(output);
        resize = output.progress("Resizing");
        preview = output.progress("Drawing");
    }

    @Override
    public void onReport(Path file) {
        output.tell(
                JsonLine.of("report").put("file", file), "Open " + file + " in a browser to see how the training goes");
    }

    @Override
    public void onLoraStarted(String name, int number, int total) {
        trainings.put(name, ProgressReport.of(name, output, resuming));
        output.tell(
                JsonLine.of("loraStarted")
                        .put("name", name)
                        .put("number", number)
                        .put("total", total),
                name + " (" + number + " of " + total + ")");
    }

    @Override
    public void onDownload(String name, DownloadProgress progress) {
        download.at("", progress.bytes(), progress.total());
    }

    @Override
    public void onTraining(String name, TrainingEvent event) {
        Objects.requireNonNull(trainings.get(name)).onEvent(event);
    }

    @Override
    public void onResize(String name, OperationProgress progress) {
        resize.at(progress.done(), progress.total(), progress.module(), Optional.empty());
        if (progress.done() == progress.total()) {
            resize.close();
        }
    }

    @Override
    public void onPicture(String name, int done, int total) {
        preview.at(done, total);
        if (done == total) {
            preview.close();
        }
    }

    @Override
    public void onWarning(String name, String message) {
        output.warn(name + ": " + message);
    }

    @Override
    public void onLoraEnded(LoraOutcome outcome) {
        download.close();
        resize.close();
        preview.close();
        output.tell(json(JsonLine.of("loraEnded"), outcome), outcome.name() + ": " + outcome.summary());
    }

    /** The end of all. */
    void end(BatchResult result) {
        List<LoraOutcome> outcomes = result.outcomes();
        long finished = outcomes.stream().filter(BatchReport::isFinished).count();
        String text = result.counts()
                + result.report().map(file -> "; the report is " + file).orElse("");
        output.result(
                JsonLine.result()
                        .put("finished", finished)
                        .put("failed", result.failures().size())
                        .put("interrupted", result.isInterrupted())
                        .put("report", result.report())
                        .put("seconds", result.duration().toMillis() / 1000.0)
                        .putParts(
                                "loras",
                                outcomes.stream()
                                        .map(outcome -> json(JsonLine.part(), outcome))
                                        .toList()),
                result.isInterrupted() ? text + "; " + resuming + " where this one stopped" : text);
    }

    private static boolean isFinished(LoraOutcome outcome) {
        return outcome instanceof LoraOutcome.Finished || outcome instanceof LoraOutcome.Skipped;
    }

    private static JsonLine json(JsonLine line, LoraOutcome outcome) {
        line.put("name", outcome.name());
        if (outcome instanceof LoraOutcome.Finished finished) {
            return line.put("outcome", "finished")
                    .put("file", finished.file())
                    .put("trained", finished.trained())
                    .put("seconds", finished.duration().toMillis() / 1000.0);
        } else if (outcome instanceof LoraOutcome.Skipped skipped) {
            return line.put("outcome", "skipped").put("file", skipped.file());
        } else if (outcome instanceof LoraOutcome.Failed failed) {
            return line.put("outcome", "failed").put("message", failed.failure().getMessage());
        }
        return line.put("outcome", "interrupted");
    }
}
