package io.github.txt2lora.mlflow;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A run that is told of from here. Calls return at once; what they say is sent in their order. */
final class TrackedRun {

    private static final Logger log = LoggerFactory.getLogger(TrackedRun.class);

    private static final String PARENT = "mlflow.parentRunId";

    /** For a server that is away: two days of iterations, a few megabytes. */
    private static final int MOST_WAITING = 200_000;

    /** Tells a run whose creation got no answer from others. */
    private static final String ID = "txt2lora.id";

    private final SendingQueue queue;
    private final MlflowRuns runs;
    private final String name;
    private final Optional<TrackedRun> parent;
    private final BlockingQueue<Metric> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
    private final AtomicBoolean isFlushQueued = new AtomicBoolean();
    private final AtomicBoolean isFull = new AtomicBoolean();

    /** Belongs to the queue's thread; null if the server refused the run. */
    private @Nullable RunInfo run;

    private boolean saidWhereArtifactsLie;

    TrackedRun(SendingQueue queue, MlflowRuns runs, String name, Optional<TrackedRun> parent) {
        this.queue = queue;
        this.runs = runs;
        this.name = name;
        this.parent = parent;
    }

    /** Begins the run on the server. */
    void begin(Map<String, String> tags) {
        create(Optional.empty(), tags);
    }

    /** Continues the newest unfinished run with a tag, or begins one if there is none. */
    void beginOrGoOn(String tag, Map<String, String> tags) {
        create(Optional.of(tag), tags);
    }

    private void create(Optional<String> tagOfEarlier, Map<String, String> given) {
        long time = System.currentTimeMillis();
        Map<String, String> tags = new LinkedHashMap<>(given);
        String id = UUID.randomUUID().toString();
        tags.put(ID, id);
        AtomicBoolean isSecondTry = new AtomicBoolean();
        queue.add(() -> {
            Optional<RunInfo> found = tagOfEarlier.isPresent()
                    ? runs.unfinished(tagOfEarlier.get(), tags.getOrDefault(tagOfEarlier.get(), ""))
                    : Optional.empty();
            if (found.isPresent()) {
                runs.goOn(found.get());
            } else if (isSecondTry.getAndSet(true)) {
                found = runs.unfinished(ID, id);
            }
            run = found.isPresent() ? found.get() : runs.create(name, time, withParent(tags));
        });
    }

    private Map<String, String> withParent(Map<String, String> tags) {
        Map<String, String> all = new LinkedHashMap<>(tags);
        parent.map(batch -> batch.run).ifPresent(batch -> all.put(PARENT, batch.getRunId()));
        return all;
    }

    void parameters(Map<String, String> parameters) {
        onRun(begun -> runs.describe(begun, parameters, Map.of()));
    }

    void tags(Map<String, String> tags) {
        onRun(begun -> runs.describe(begun, Map.of(), tags));
    }

    void metric(String key, double value, long step) {
        boolean fits = waiting.offer(Metric.newBuilder()
                .setKey(key)
                .setValue(value)
                .setStep(step)
                .setTimestamp(System.currentTimeMillis())
                .build());
        if (!fits && !isFull.getAndSet(true)) {
            log.warn("MLflow is behind by {} metrics of the run {}; the next ones are left out", MOST_WAITING, name);
        }
        if (isFlushQueued.compareAndSet(false, true)) {
            List<Metric> taken = new ArrayList<>();
            queue.add(() -> flush(taken));
        }
    }

    /** Also takes what comes while it sends, so that a slow server gets few large requests. */
    private void flush(List<Metric> taken) throws IOException {
        isFlushQueued.set(false);
        while (true) {
            waiting.drainTo(taken, MlflowRuns.MOST_METRICS - taken.size());
            isFull.set(false);
            if (taken.isEmpty()) {
                return;
            }
            if (run != null) {
                runs.log(run, taken);
            }
            taken.clear();
        }
    }

    /** Uploads a file as it is when its turn comes. */
    void artifact(String artifact, Path file) {
        upload(artifact, () -> BodyPublishers.ofFile(file), file);
    }

    /** Uploads bytes. */
    void artifact(String artifact, byte[] content) {
        upload(artifact, () -> BodyPublishers.ofByteArray(content), null);
    }

    /** Opens what is uploaded, again for each try. */
    @FunctionalInterface
    private interface Content {
        BodyPublisher open() throws FileNotFoundException;
    }

    private void upload(String artifact, Content content, @Nullable Path file) {
        onRun(begun -> {
            if (!runs.takesArtifacts(begun)) {
                sayWhereArtifactsLie(begun);
            } else if (file != null && !Files.isReadable(file)) {
                log.warn("{} is not uploaded to MLflow: the file is gone or cannot be read", file);
            } else {
                runs.upload(begun, artifact, content.open());
            }
        });
    }

    private void sayWhereArtifactsLie(RunInfo begun) {
        if (!saidWhereArtifactsLie) {
            saidWhereArtifactsLie = true;
            log.warn(
                    "Artifacts of the run {} would lie at {}, where only Python clients write; expected a server with"
                            + " --serve-artifacts and an experiment that was made on it. They are left out",
                    name,
                    begun.getArtifactUri());
        }
    }

    void end(RunStatus status) {
        long time = System.currentTimeMillis();
        onRun(begun -> runs.end(begun, status, time));
    }

    @FunctionalInterface
    private interface OnRun {
        void send(RunInfo run) throws IOException, InterruptedException;
    }

    /** Nothing is sent for a run that the server refused. */
    private void onRun(OnRun request) {
        queue.add(() -> {
            if (run != null) {
                request.send(run);
            }
        });
    }
}
