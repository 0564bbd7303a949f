package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.torch.NativeUse;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One engine for the tests of a class, since it takes longer to start one and to load a network than most tests do. A
 * test may close it, and then the next one gets another. After each test nothing is left in native memory but the
 * network that engines keep, and after the last not even that.
 */
final class SharedEngine implements TrainingEngine, BeforeEachCallback, AfterEachCallback, AfterAllCallback {

    private final List<TrainingJob> jobs = new CopyOnWriteArrayList<>();
    private @Nullable DjlTrainingEngine engine;
    private boolean isClosed = true;

    @Override
    public void beforeEach(ExtensionContext context) {
        if (isClosed) {
            reopen();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        boolean isBusy = jobs.stream().anyMatch(job -> !job.state().isTerminal());
        jobs.clear();
        if (isBusy) {
            close();
        } else if (!isClosed) {
            NativeUse left = nativeUse();
            assertThat(left).isEqualTo(new NativeUse(0, 0, left.modules(), left.bytes()));
            assertThat(left.modules()).isLessThanOrEqualTo(1);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        close();
    }

    private DjlTrainingEngine engine() {
        return Objects.requireNonNull(engine, "there is an engine in tests only");
    }

    /** Closes the engine, after which all events were delivered, and starts another, which keeps nothing yet. */
    void reopen() {
        if (!isClosed) {
            close();
        }
        engine = (DjlTrainingEngine) Tiny.engine();
        isClosed = false;
    }

    NativeUse nativeUse() {
        return engine().nativeUse();
    }

    @Override
    public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
        TrainingJob job = engine().start(training, listeners);
        jobs.add(job);
        return job;
    }

    @Override
    public List<TrainingJob> startTogether(
            List<LoraTraining> trainings, Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        List<TrainingJob> started = engine().startTogether(trainings, listeners);
        jobs.addAll(started);
        return started;
    }

    @Override
    public TrainingEstimate estimate(LoraTraining training, int together) {
        return engine().estimate(training, together);
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
        return engine().generate(request, listener);
    }

    @Override
    public void close() {
        isClosed = true;
        engine().close();
        assertThat(nativeUse()).isEqualTo(new NativeUse(0, 0, 0, 0));
    }
}
