package io.github.txt2lora.ops;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.ServiceDiscovery;
import io.github.txt2lora.spi.DeviceChecker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A check whether a device computes what the CPU does. It reports driver, GPU, memory and PyTorch, and compares, with
 * the same input on the device and on the CPU:
 *
 * <ul>
 *   <li>text encoder, UNet and VAE of a small model, in FP32 without TF32 and in both 16-bit formats. The relative
 *       error is the Euclidean norm of the difference divided by that of the result on the CPU in FP32; allowed are
 *       1e-3 in FP32 and 3e-2 in 16 bits.
 *   <li>loss and gradient of three iterations of a training, in FP32, within 1e-3.
 *   <li>memory before and after 50 iterations.
 *   <li>the bytes of two equal trainings. They must be equal on the CPU and with {@link
 *       EngineOptions#deterministic()}, and are only reported otherwise.
 * </ul>
 *
 * Each given training makes two iterations on the device, on noise and without its closed-form start, which tells its
 * memory and time. On the CPU, the device is compared with the CPU on another number of threads.
 *
 * @param model a small model that everything is compared on, in FP16 or FP32
 * @param options device, threads, and how exactly it computes
 * @param trainings trainings whose cost is measured; none by default
 */
public record DeviceCheck(ModelSource model, EngineOptions options, List<LoraTraining> trainings) {

    /** Copies the list. */
    public DeviceCheck {
        Check.given("model", model);
        Check.given("options", options);
        trainings = List.copyOf(Check.given("trainings", trainings));
    }

    /** An empty builder. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return builder().model(model).options(options).trainings(trainings);
    }

    /** Runs the check, as {@link #run(Consumer)} does. */
    public DeviceReport run() {
        return run(finding -> {});
    }

    /**
     * Runs the check on the calling thread and waits for its end, less than a minute without trainings. Reports what
     * is wrong with the device or a training and throws nothing for it. Do not use the device meanwhile.
     *
     * @param listener receives each finding at once, on the calling thread; this method throws its exceptions
     * @throws io.github.txt2lora.CheckpointException if the small model cannot be used
     * @throws io.github.txt2lora.Txt2LoraException if there is no engine on the class path
     */
    public DeviceReport run(Consumer<? super DeviceFinding> listener) {
        Check.given("listener", listener);
        return ServiceDiscovery.find(DeviceChecker.class, "device checker").check(this, listener);
    }

    /** Collects the values of {@link DeviceCheck}; a call replaces an earlier one, except {@link #training}. */
    public static final class Builder {

        private @Nullable ModelSource model;
        private EngineOptions options = EngineOptions.builder().build();
        private final List<LoraTraining> trainings = new ArrayList<>();

        private Builder() {}

        /** A small model that everything is compared on; required. */
        public Builder model(ModelSource model) {
            this.model = Check.given("model", model);
            return this;
        }

        /** The device; {@link Device#auto()} by default. */
        public Builder device(Device device) {
            this.options = options.toBuilder().device(device).build();
            return this;
        }

        /** Device, threads, and how exactly it computes; the defaults of {@link EngineOptions} if not set. */
        public Builder options(EngineOptions options) {
            this.options = Check.given("options", options);
            return this;
        }

        /** Adds a training whose cost is measured, in the {@link Precision} that it sets. */
        public Builder training(LoraTraining training) {
            trainings.add(Check.given("training", training));
            return this;
        }

        /** Replaces all trainings. */
        public Builder trainings(List<LoraTraining> trainings) {
            List<LoraTraining> copy = List.copyOf(Check.given("trainings", trainings));
            this.trainings.clear();
            this.trainings.addAll(copy);
            return this;
        }

        /**
         * Makes the value.
         *
         * @throws io.github.txt2lora.InvalidSettingException if the model is missing
         */
        public DeviceCheck build() {
            return new DeviceCheck(Check.required("model", model, "call model(...)"), options, trainings);
        }
    }
}
