package io.github.txt2lora.engine;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.job.EventQueue;
import io.github.txt2lora.internal.job.EventThread;
import io.github.txt2lora.internal.job.ProcessHold;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.estimate.DeviceSize;
import io.github.txt2lora.leco.estimate.TrainingEstimator;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.ExitHook;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.Torch;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine on DJL PyTorch. One thread does all native work, so trainings and images run one after the other in the
 * order in which they were asked for, except that a training draws images of its own model between its iterations;
 * another thread calls listeners.
 */
final class DjlTrainingEngine implements TrainingEngine {

    private static final Logger LOG = LoggerFactory.getLogger(DjlTrainingEngine.class);

    /** Longer than a call of any network takes. */
    private static final long LONGEST_EXIT_SECONDS = 60;

    private final EngineOptions options;
    private final Torch torch;
    private final EngineParts parts;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(daemon("txt2lora-engine"));
    private final EventThread eventThread = new EventThread();
    private final ProcessHold hold = new ProcessHold();
    private final Set<EngineJob> unfinished = ConcurrentHashMap.newKeySet();
    private final ExitHook exitHook;
    private volatile boolean closed;
    private boolean freed;

    DjlTrainingEngine(EngineOptions options) {
        this(options, Families.standard());
    }

    /** An engine for the models of some families. */
    DjlTrainingEngine(EngineOptions options, Families families) {
        this.options = options;
        this.torch = Torch.start(options);
        this.parts = new EngineParts(
                torch,
                families,
                new BaseModels(torch, families),
                ClipTokenizer.load(),
                cache(options),
                options.memory(),
                new WaitingImages());
        this.exitHook = hookOrClose(options.onExit());
    }

    private static LatentCache cache(EngineOptions options) {
        return new LatentCache(
                options.cacheLimit(),
                options.cacheFolder()
                        .map(folder -> LatentFolder.at(
                                folder, options.cacheLimit(), message -> LOG.warn("{}", Excerpt.message(message))))
                        .orElseGet(LatentFolder::none));
    }

    private ExitHook hookOrClose(CancelMode onExit) {
        try {
            return new ExitHook(() -> stopForExit(onExit));
        } catch (Txt2LoraException e) {
            worker.shutdown();
            torch.close();
            throw e;
        }
    }

    private static ThreadFactory daemon(String name) {
        return runnable -> {
            var thread = new Thread(runnable, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
        Check.given("training", training);
        for (TrainingListener listener : Check.given("listeners", listeners)) {
            Check.given("listener", listener);
        }
        EngineJob job = job(training, List.of(listeners));
        enqueue(List.of(job));
        return job;
    }

    @Override
    public List<TrainingJob> startTogether(
            List<LoraTraining> trainings, Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        Check.given("listeners", listeners);
        List<EngineJob> jobs = List.copyOf(Check.given("trainings", trainings)).stream()
                .map(training -> job(training, List.of(Check.given("listener", listeners.apply(training)))))
                .toList();
        enqueue(jobs);
        return List.copyOf(jobs);
    }

    private EngineJob job(LoraTraining training, List<TrainingListener> listeners) {
        return new EngineJob(
                training, new EventQueue(listeners, eventThread, DjlTrainingEngine::listenerFailed), eventThread);
    }

    private void enqueue(List<EngineJob> jobs) {
        requireOpen();
        boolean queued = false;
        try {
            jobs.forEach(job -> job.output().take());
            enqueueClaimed(jobs);
            queued = true;
        } finally {
            if (!queued) {
                jobs.forEach(job -> job.output().close());
            }
        }
    }

    private synchronized void enqueueClaimed(List<EngineJob> jobs) {
        requireOpen();
        for (EngineJob job : jobs) {
            unfinished.add(job);
            job.onEnd(() -> unfinished.remove(job));
            hold.take();
            job.afterAll(hold::release);
        }
        GroupRun.groups(jobs).forEach(group -> worker.execute(() -> run(group)));
    }

    private static void listenerFailed(TrainingEvent event, Throwable failure) {
        LOG.warn(
                "a listener failed on {}; the training continues",
                event.getClass().getSimpleName(),
                failure);
    }

    private void run(List<EngineJob> jobs) {
        List<EngineJob> begun =
                jobs.stream().filter(job -> job.control().begin()).toList();
        new GroupRun(parts, begun).run();
    }

    /** On the caller's thread and the CPU: the worker and the GPU may be busy for hours. */
    @Override
    public TrainingEstimate estimate(LoraTraining training, int together) {
        Check.given("training", training);
        Check.atLeast("together", together, 1);
        requireOpen();
        try (Torch cpu = Torch.start(options.toBuilder().device(Device.cpu()).build())) {
            return TrainingEstimator.estimate(
                    cpu, parts.families(), training, together, options.memory(), DeviceSize.of(torch));
        }
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
        Check.given("request", request);
        Check.given("listener", listener);
        var call = new ImageCall(request, this::requireOpen);
        synchronized (this) {
            requireOpen();
            parts.images().add(call);
            worker.execute(() -> drawInTurn(call));
        }
        unfinished.forEach(job -> job.control().wake());
        return call.await(listener);
    }

    private void drawInTurn(ImageCall call) {
        parts.images().remove(call);
        call.run(() -> ImageRun.alone(parts, call).run());
    }

    /** Current use of native memory. */
    NativeUse nativeUse() {
        return torch.nativeUse();
    }

    private void requireOpen() {
        if (closed) {
            throw new Txt2LoraException("the engine is closed; open another one with TrainingEngine.open()");
        }
    }

    @Override
    public void close() {
        stop(CancelMode.SUSPEND);
        awaitWorker();
        free();
        exitHook.close();
        eventThread.close();
        hold.close();
    }

    /** Ends the native work, within a time that a supervisor of processes would wait. */
    private void stopForExit(CancelMode mode) {
        stop(mode);
        try {
            if (worker.awaitTermination(LONGEST_EXIT_SECONDS, TimeUnit.SECONDS)) {
                // also waits for a close() that is freeing now
                free();
            } else {
                LOG.warn(
                        "libtorch is still computing {} seconds after the process began to end; it may crash",
                        LONGEST_EXIT_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stop(CancelMode mode) {
        if (!closed) {
            closed = true;
            unfinished.forEach(job -> job.cancel(mode));
            worker.execute(parts.models()::close);
            worker.execute(parts.cache()::close);
            worker.shutdown();
        }
    }

    /** Native memory may only be freed when nobody uses it, so an interrupt does not end this wait. */
    private void awaitWorker() {
        boolean interrupted = false;
        while (true) {
            try {
                if (worker.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void free() {
        if (!freed) {
            freed = true;
            torch.close();
        }
    }
}
