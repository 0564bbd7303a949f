package io.github.txt2lora.internal.job;

import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The end of a job, and the ways to wait for it that {@link TrainingJob} offers. */
public final class JobOutcome {

    private final CompletableFuture<TrainedLora> result = new CompletableFuture<>();
    private final Executor completionExecutor;
    private final List<Runnable> afterAll = new CopyOnWriteArrayList<>();

    /**
     * An outcome that is not known yet.
     *
     * @param completionExecutor runs what depends on {@link #completion()}; not the thread that trains, which must not
     *     wait for itself when a dependent asks the engine for more
     */
    public JobOutcome(Executor completionExecutor) {
        this.completionExecutor = completionExecutor;
    }

    /** Lets go all who wait, with a result; the first end stays. */
    public void complete(TrainedLora lora) {
        if (result.complete(lora)) {
            afterAll.forEach(completionExecutor::execute);
        }
    }

    /** Lets go all who wait, with a failure; the first end stays. */
    public void fail(Txt2LoraException failure) {
        if (result.completeExceptionally(failure)) {
            afterAll.forEach(completionExecutor::execute);
        }
    }

    /** Runs an action on the thread that ends the job, before any dependent of {@link #completion()}. */
    public void onEnd(Runnable action) {
        CompletionStage<TrainedLora> end = result;
        end.whenComplete((lora, failure) -> action.run());
    }

    /** Runs an action where listeners are called, after them and after the dependents of {@link #completion()}. */
    public void afterAll(Runnable action) {
        afterAll.add(action);
    }

    /** As {@link TrainingJob#await()}. */
    public TrainedLora await() throws InterruptedException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    /** As {@link TrainingJob#await(Duration)}. */
    public Optional<TrainedLora> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(result.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static Txt2LoraException failure(ExecutionException e) {
        if (e.getCause() instanceof Txt2LoraException failure) {
            return failure;
        }
        return new Txt2LoraException("the training ended unexpectedly: " + e.getCause(), e.getCause());
    }

    /** As {@link TrainingJob#completion()}: a stage for each caller, so that nobody can complete another's. */
    public CompletionStage<TrainedLora> completion() {
        var stage = new CompletableFuture<TrainedLora>();
        CompletionStage<TrainedLora> end = result;
        end.whenComplete((lora, failure) -> completionExecutor.execute(() -> {
            if (failure != null) {
                stage.completeExceptionally(failure);
            } else {
                stage.complete(lora);
            }
        }));
        return stage;
    }
}
