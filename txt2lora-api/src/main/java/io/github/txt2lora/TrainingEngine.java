package io.github.txt2lora;

import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.ServiceDiscovery;
import io.github.txt2lora.spi.TrainingEngineProvider;
import java.util.List;
import java.util.function.Function;

/**
 * Trains LoRAs and draws images. An engine trains one LoRA at a time, or several that were started together. Others
 * wait in the queue, in the order of their start; images can be drawn between the iterations of a training. Base models stay loaded between trainings, and all native memory
 * belongs to the engine until it is closed. All methods may be called from any thread.
 *
 * <p>The JVM stays alive while trainings are queued, running or paused, and until their listeners have received the
 * last event. An engine without trainings does not keep it alive, whether it is open or closed. {@link System#exit} and
 * signals end the trainings first, as {@link EngineOptions#onExit()} says.
 */
public interface TrainingEngine extends AutoCloseable {

    /**
     * Opens the installed engine on the best device.
     *
     * @throws Txt2LoraException if there is none, or it cannot start
     */
    static TrainingEngine open() {
        return open(EngineOptions.builder().build());
    }

    /**
     * Opens the installed engine, found by {@link java.util.ServiceLoader}. If there are several, the first one opens;
     * test doubles come last.
     *
     * @throws InvalidSettingException if the device does not exist
     * @throws Txt2LoraException if there is no engine, or it cannot start
     */
    static TrainingEngine open(EngineOptions options) {
        return ServiceDiscovery.find(TrainingEngineProvider.class, "training engine", TrainingEngineProvider::standsIn)
                .create(options);
    }

    /**
     * Queues a training and returns at once. The JVM stays alive until the training has ended, also when {@code main}
     * returns before that.
     *
     * @param training the training
     * @param listeners receive its events; see {@link TrainingListener} for the threads
     * @throws StorageException if another training of any engine or process is queued or running that writes the same
     *     {@link LoraTraining#loraFile()}; the file of a training that has ended is replaced
     * @throws Txt2LoraException if the engine is closed
     */
    TrainingJob start(LoraTraining training, TrainingListener... listeners);

    /**
     * Queues several trainings and returns at once. Those of the same model, {@link LoraSpec}, precision and gradient
     * accumulation take their steps at the same time: if their images have the same size and their batches the same
     * number, one call of the network serves all of them, which uses a GPU better than a small batch does. Each keeps
     * its own prompts, optimizer and random numbers, and its result equals that of training alone, up to rounding. Each
     * has its own job: if one fails, ends early or is cancelled, the others continue, but a pause holds all trainings
     * of the group. An engine without this feature trains one after another.
     *
     * <p>The last bits of a result depend on the trainings that shared each step. The same trainings started together
     * produce the same bytes. A training resumed in another group, or at another iteration than the others, produces
     * the same numbers only up to rounding.
     *
     * <p>Memory for activations grows with their number. If it is scarce, fewer pass through the network at once.
     *
     * @param trainings with different {@link LoraTraining#loraFile()}s
     * @param listeners gives the listener of each training; see {@link TrainingListener} for the threads
     * @return the jobs, in the order of the trainings
     * @throws StorageException as {@link #start}, also if two of the trainings write the same file; none is started
     *     then
     * @throws Txt2LoraException if the engine is closed
     */
    default List<TrainingJob> startTogether(
            List<LoraTraining> trainings, Function<? super LoraTraining, ? extends TrainingListener> listeners) {
        Check.given("listeners", listeners);
        return List.copyOf(Check.given("trainings", trainings)).stream()
                .map(training -> start(training, listeners.apply(training)))
                .toList();
    }

    /** Queues several trainings without listeners, as {@link #startTogether(List, Function)} does. */
    default List<TrainingJob> startTogether(List<LoraTraining> trainings) {
        return startTogether(trainings, training -> new TrainingListener() {});
    }

    /**
     * Trains and waits for the end as {@link TrainingJob#awaitOrSuspend()} does: if the calling thread is interrupted
     * meanwhile, the training is cancelled as by {@link CancelMode#SUSPEND}; this method then returns or throws once the
     * training has ended and its state is saved, and the thread stays interrupted.
     *
     * @throws TrainingCancelledException if the training was cancelled and left no LoRA; the message names the saved
     *     files
     * @throws Txt2LoraException if the training failed, or the engine is closed
     */
    default TrainedLora train(LoraTraining training, TrainingListener... listeners) {
        return start(training, listeners).awaitOrSuspend();
    }

    /**
     * Estimates the memory, disk space and work of a training. This opens the model's files and loads a tensor of each
     * of their number formats, on the CPU, but not the whole model. It is quick, changes and downloads nothing, and
     * does not wait for trainings.
     *
     * @param together trainings of this kind that are started together, 1 or more
     * @throws InvalidSettingException if {@code together} is less than 1, or a setting does not fit the model
     * @throws CheckpointException if the model cannot be used, or is to be downloaded and is not on this machine
     * @throws StorageException if a file of the model cannot be read
     * @throws Txt2LoraException if the engine is closed
     */
    TrainingEstimate estimate(LoraTraining training, int together);

    /**
     * Draws images and waits for them, as {@link #generate(ImageRequest, ImageListener)} does.
     */
    default List<GeneratedImage> generate(ImageRequest request) {
        return generate(request, progress -> {});
    }

    /**
     * Draws images and waits for them. If the calling thread is interrupted, or the listener throws, the drawing is
     * cancelled before its next step.
     *
     * <p>While a training runs or is paused, images of a model that it trains on, in its precision, are drawn between two
     * of its iterations: those of one request, then at least one iteration. The training's result stays the same to the
     * last bit, and the time does not count as its own. Images of another model wait until the trainings before them have
     * ended, and so do those that memory does not suffice for beside the training, or that are being drawn when the
     * training is cancelled; the listener then hears of their first step again.
     *
     * @param listener is called on the calling thread; this method throws its exceptions
     * @return {@link ImageRequest#count()} images in the order of their seeds
     * @throws InvalidSettingException if the prompt names a LoRA that does not exist or has more or fewer parts than
     *     there are regions, or a setting does not fit the model
     * @throws CheckpointException if the model or a LoRA cannot be used
     * @throws Txt2LoraException if drawing failed, the thread was interrupted, which it then stays, or the engine is
     *     closed or gets closed meanwhile
     */
    List<GeneratedImage> generate(ImageRequest request, ImageListener listener);

    /**
     * Cancels all trainings, as by {@link CancelMode#SUSPEND}, and all image requests, waits until they have stopped
     * and listeners have received their last events, and frees all memory. It does not wait longer than ten seconds for
     * a listener. May be called more than once, but not from a {@link TrainingListener}.
     */
    @Override
    void close();
}
