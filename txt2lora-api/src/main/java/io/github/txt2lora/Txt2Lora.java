package io.github.txt2lora;

import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The short way to a LoRA: one builder for the training, its listeners and the engine.
 *
 * <pre>{@code
 * TrainedLora lora = Txt2Lora.builder()
 *         .name("krnkmd")
 *         .model(ModelSource.file(Path.of("model/FuturelessMixFp16.safetensors")))
 *         .prompt(PromptPair.enhance("krnkmd").positive("short hair, maid uniform").neutral("1girl").build())
 *         .output(Path.of("lora"))
 *         .build()
 *         .train();
 * }</pre>
 *
 * To train several LoRAs on one model, open a {@link TrainingEngine} and give it to each: it keeps the model loaded.
 */
public final class Txt2Lora {

    private final LoraTraining training;
    private final Device device;
    private final @Nullable TrainingEngine borrowedEngine;
    private final List<TrainingListener> listeners;

    private Txt2Lora(
            LoraTraining training,
            Device device,
            @Nullable TrainingEngine borrowedEngine,
            List<TrainingListener> listeners) {
        this.training = training;
        this.device = device;
        this.borrowedEngine = borrowedEngine;
        this.listeners = List.copyOf(listeners);
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Trains on the best device, with an engine opened for this training, and waits for the end. An interrupt has the
     * same effect as in {@link #train()}.
     *
     * @throws Txt2LoraException as {@link #train()}
     */
    public static TrainedLora train(LoraTraining training) {
        try (TrainingEngine engine = TrainingEngine.open()) {
            return engine.train(training);
        }
    }

    /** The training as a value. */
    public LoraTraining value() {
        return training;
    }

    /**
     * Trains and waits for the end, with the given engine or one opened for this training. If the calling thread is
     * interrupted meanwhile, the training is cancelled as by {@link CancelMode#SUSPEND}: its state is saved before this
     * method returns, the same training resumes from it when it is started again, and the thread stays interrupted.
     *
     * @throws CheckpointException if the model cannot be used
     * @throws InvalidSettingException if a setting does not fit the model or the machine
     * @throws StorageException if the LoRA cannot be written
     * @throws TrainingCancelledException if the training was cancelled and left no LoRA
     * @throws TrainingFailedException if the training cannot continue, for example because of a non-finite loss
     * @throws Txt2LoraException if there is no engine on the class path
     */
    public TrainedLora train() {
        if (borrowedEngine != null) {
            return borrowedEngine.train(training, listenerArray());
        }
        try (TrainingEngine engine = openEngine()) {
            return engine.train(training, listenerArray());
        }
    }

    /**
     * Starts the training and returns at once. The JVM stays alive until the training has ended. An engine opened for
     * this training is then closed.
     *
     * @throws Txt2LoraException if there is no engine, or it cannot start
     */
    public TrainingJob start() {
        if (borrowedEngine != null) {
            return borrowedEngine.start(training, listenerArray());
        }
        TrainingEngine engine = openEngine();
        TrainingJob job = startOrClose(engine);
        job.completion().whenComplete((lora, failure) -> closeInBackground(engine));
        return job;
    }

    private TrainingListener[] listenerArray() {
        return listeners.toArray(TrainingListener[]::new);
    }

    private TrainingEngine openEngine() {
        return TrainingEngine.open(EngineOptions.builder().device(device).build());
    }

    private TrainingJob startOrClose(TrainingEngine engine) {
        try {
            return engine.start(training, listenerArray());
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    /** Closing waits for the engine's threads, so it cannot happen on one of them, where the job completes. */
    private static void closeInBackground(TrainingEngine engine) {
        new Thread(engine::close, "txt2lora-close").start();
    }

    /** Collects the values of a {@link Txt2Lora}. A call replaces an earlier one, except those that add. */
    public static final class Builder {

        private final LoraTraining.Builder training = LoraTraining.builder();
        private final List<TrainingListener> listeners = new ArrayList<>();
        private @Nullable Device device;
        private @Nullable TrainingEngine engine;

        private Builder() {}

        /**
         * The name of the LoRA and of its file; required.
         *
         * @throws InvalidSettingException if it is not a valid file name on every operating system
         */
        public Builder name(String name) {
            training.name(name);
            return this;
        }

        /** The base model; required. */
        public Builder model(ModelSource model) {
            training.model(model);
            return this;
        }

        /** Further base models of the same family that the LoRA is to work on; none by default. */
        public Builder alsoOn(ModelSource... models) {
            training.alsoOn(models);
            return this;
        }

        /** Adds a pair to those already there; at least one is required. */
        public Builder prompt(PromptPair prompt) {
            training.prompt(prompt);
            return this;
        }

        /** Replaces all pairs. */
        public Builder prompts(List<PromptPair> prompts) {
            training.prompts(prompts);
            return this;
        }

        /** The settings of the training; the defaults of {@link TrainingSpec} if not set. */
        public Builder training(TrainingSpec spec) {
            training.spec(spec);
            return this;
        }

        /** The folder for the LoRA, created when needed; required. */
        public Builder output(Path output) {
            training.output(output);
            return this;
        }

        /** The images that the training draws on its way; {@link PreviewSpec#off()} by default. */
        public Builder preview(PreviewSpec preview) {
            training.preview(preview);
            return this;
        }

        /** Adds a listener to those already there. */
        public Builder listener(TrainingListener listener) {
            listeners.add(Check.given("listener", listener));
            return this;
        }

        /**
         * The device to train on; {@link Device#auto()} by default.
         *
         * @throws InvalidSettingException if an engine is set, which already has its device
         */
        public Builder device(Device device) {
            Check.given("device", device);
            rejectBoth(device, engine);
            this.device = device;
            return this;
        }

        /**
         * Trains with this engine, which stays open. By default one is opened for this training alone.
         *
         * @throws InvalidSettingException if a device is set, which requires a new engine
         */
        public Builder engine(TrainingEngine engine) {
            Check.given("engine", engine);
            rejectBoth(device, engine);
            this.engine = engine;
            return this;
        }

        /**
         * Makes the training, without starting it.
         *
         * @throws InvalidSettingException if name, model, prompts or output is missing
         */
        public Txt2Lora build() {
            return new Txt2Lora(training.build(), device == null ? Device.auto() : device, engine, listeners);
        }

        private static void rejectBoth(@Nullable Device device, @Nullable TrainingEngine engine) {
            if (device != null && engine != null) {
                throw new InvalidSettingException("device is " + device + " although an engine is given, which has its"
                        + " device already; expected only one of device(...) and engine(...)");
            }
        }
    }
}
