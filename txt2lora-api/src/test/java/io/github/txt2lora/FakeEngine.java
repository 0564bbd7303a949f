package io.github.txt2lora;

import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Finishes every training when it is told to, without training anything. */
final class FakeEngine implements TrainingEngine {

    final CountDownLatch closed = new CountDownLatch(1);
    private final boolean finishesAtOnce;

    @Nullable
    Job lastJob;

    private FakeEngine(boolean finishesAtOnce) {
        this.finishesAtOnce = finishesAtOnce;
    }

    static FakeEngine finishingAtOnce() {
        return new FakeEngine(true);
    }

    static FakeEngine neverFinishing() {
        return new FakeEngine(false);
    }

    @Override
    public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
        Job job = new Job(training);
        lastJob = job;
        if (finishesAtOnce) {
            TrainedLora lora = job.finish();
            List.of(listeners).forEach(listener -> listener.onEvent(new TrainingFinished(lora)));
        }
        return job;
    }

    @Override
    public TrainingEstimate estimate(LoraTraining training, int together) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
        return List.of();
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** A job that ends by {@link #finish} or by being cancelled. */
    static final class Job implements TrainingJob {

        private final LoraTraining training;
        private final CompletableFuture<TrainedLora> completion = new CompletableFuture<>();

        @Nullable
        CancelMode cancelledWith;

        private Job(LoraTraining training) {
            this.training = training;
        }

        TrainedLora finish() {
            TrainedLora lora = new TrainedLora(
                    training.loraFile(),
                    training.name(),
                    1,
                    List.of(0.5),
                    Map.of(),
                    Optional.empty(),
                    0,
                    Duration.ZERO,
                    List.of());
            completion.complete(lora);
            return lora;
        }

        @Override
        public LoraTraining training() {
            return training;
        }

        @Override
        public JobState state() {
            return completion.isDone() ? JobState.FINISHED : JobState.RUNNING;
        }

        @Override
        public TrainingProgress progress() {
            return new TrainingProgress(0, training.iterations(), Double.NaN, 0, Optional.empty());
        }

        @Override
        public TrainedLora await() throws InterruptedException {
            try {
                return completion.get();
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        private static RuntimeException failure(ExecutionException e) {
            return e.getCause() instanceof Txt2LoraException failure ? failure : new CompletionException(e);
        }

        @Override
        public Optional<TrainedLora> await(Duration timeout) throws InterruptedException {
            try {
                return Optional.of(completion.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }

        @Override
        public void pause() {}

        @Override
        public void resume() {}

        @Override
        public void cancel(CancelMode mode) {
            cancelledWith = mode;
            completion.completeExceptionally(
                    new TrainingCancelledException("the training of " + training.name() + " was cancelled"));
        }

        @Override
        public CompletionStage<TrainedLora> completion() {
            return completion;
        }
    }
}
