package io.github.txt2lora.samples;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingProgress;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A tiny application: takes orders for LoRAs and tells customers how far theirs are. It is given its engine, so its
 * test gives it another one: see {@code UnitTestingYourAppTest}.
 */
public final class LoraOrders {

    private final TrainingEngine engine;
    private final ModelSource model;
    private final Path folder;
    private final TrainingSpec spec;
    private final Map<String, TrainingJob> jobs = new ConcurrentHashMap<>();

    /** Orders are trained by this engine, on this model, into this folder, with these settings. */
    public LoraOrders(TrainingEngine engine, ModelSource model, Path folder, TrainingSpec spec) {
        this.engine = engine;
        this.model = model;
        this.folder = folder;
        this.spec = spec;
    }

    /** Queues a training that teaches a word a look. */
    public void order(String word, String look) {
        LoraTraining training = LoraTraining.builder()
                .name(word)
                .model(model)
                .prompt(PromptPair.enhance(word).positive(look).neutral("1girl").build())
                .spec(spec)
                .output(folder)
                .build();
        jobs.put(word, engine.start(training));
    }

    /** Calls a training off. */
    public void callOff(String word) {
        job(word).cancel(CancelMode.DISCARD);
    }

    /** The status of an order, in words for the customer. */
    public String status(String word) {
        TrainingJob job = job(word);
        return switch (job.state()) {
            case QUEUED -> "waits for the orders before it";
            case RUNNING, PAUSED -> inWork(job.progress());
            case FINISHED -> "ready: " + job.training().loraFile().getFileName();
            case CANCELLED -> "called off";
            case FAILED -> "failed: " + reason(job);
        };
    }

    private TrainingJob job(String word) {
        return Objects.requireNonNull(jobs.get(word), () -> "nobody ordered " + word);
    }

    private static String inWork(TrainingProgress progress) {
        String done = String.format(Locale.ROOT, "%.0f %% done", 100 * progress.fraction());
        return progress.remaining()
                .map(remaining -> done + ", ready in " + remaining.toMinutes() + " min")
                .orElse(done);
    }

    private static String reason(TrainingJob job) {
        return job.completion()
                .handle((lora, failure) -> Objects.requireNonNull(failure).getMessage())
                .toCompletableFuture()
                .join();
    }
}
