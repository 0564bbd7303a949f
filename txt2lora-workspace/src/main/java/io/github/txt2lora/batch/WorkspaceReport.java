package io.github.txt2lora.batch;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The report of a batch, wherever its LoRAs are trained: {@code lora/report.html}, written anew every few seconds while
 * the batch runs, and once more at its end. {@link Batch#run} writes it by itself.
 *
 * <pre>{@code
 * try (var report = WorkspaceReport.begin(workspace, names)) {
 *     BatchListener calls = report.listener(listener);
 *     … // tell the listener what happens
 *     return report.end(outcomes);
 * }
 * }</pre>
 */
public final class WorkspaceReport implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkspaceReport.class);

    private final Workspace workspace;
    private final LiveBatch batch;
    private final LiveReport live;

    private WorkspaceReport(Workspace workspace, LiveBatch batch) {
        this.workspace = workspace;
        this.batch = batch;
        this.live = new LiveReport(batch, new LivePage(workspace, LiveReport.SECONDS), file(workspace));
    }

    /**
     * Begins a report. What goes wrong with the page while the batch runs is logged once and ends nothing.
     *
     * @param names of the LoRAs, all of which wait
     */
    public static WorkspaceReport begin(Workspace workspace, List<String> names) {
        return new WorkspaceReport(
                Check.given("workspace", workspace), new LiveBatch(Check.given("names", names), Clock.systemUTC()));
    }

    /** The file of a workspace's report. */
    static Path file(Workspace workspace) {
        return workspace.loraFolder().resolve("report.html");
    }

    /**
     * A listener that has to be told what happens. It is called from any thread, tells the report and another listener,
     * one call at a time, and logs what that one throws. Warnings are logged, too. The other listener is told the file
     * at once ({@link BatchListener#onReport}).
     */
    public BatchListener listener(BatchListener other) {
        return calls(Check.given("listener", other));
    }

    ListenerCalls calls(BatchListener other) {
        ListenerCalls calls = new ListenerCalls(batch, other);
        calls.onReport(file(workspace));
        return calls;
    }

    /**
     * Writes the report of a batch that has ended.
     *
     * @param outcomes one for each LoRA
     * @return the outcomes, the time since the beginning, and the file, if it could be written
     */
    public BatchResult end(List<LoraOutcome> outcomes) {
        live.close();
        Duration duration = batch.elapsed();
        return new BatchResult(outcomes, duration, write(outcomes, duration));
    }

    private Optional<Path> write(List<LoraOutcome> outcomes, Duration duration) {
        Path file = file(workspace);
        try {
            Uninterrupted.get(() -> {
                new HtmlReport(workspace, outcomes, duration).write(file);
                return file;
            });
            return Optional.of(file);
        } catch (Txt2LoraException e) {
            LOG.warn("there is no report: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /** Ends the writing; the page that is there stays. No effect after {@link #end}. */
    @Override
    public void close() {
        live.close();
    }
}
