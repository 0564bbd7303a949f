package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How to set up an engine.
 *
 * @param device where it computes, {@link Device#auto()} by default
 * @param threads threads for one operation on the processor, or 0, the default, for libtorch's choice
 * @param onExit what becomes of trainings when the process ends while the engine is open, by {@link System#exit}, a
 *     signal or the end of its last thread; {@link CancelMode#SUSPEND} by default
 */
public record EngineOptions(Device device, int threads, CancelMode onExit) {

    /**
     * Checks the components; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if the number of threads is negative
     */
    public EngineOptions {
        Check.given("device", device);
        Check.atLeast("threads", threads, 0);
        Check.given("onExit", onExit);
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder().device(device).threads(threads).onExit(onExit);
    }

    /** Collects the values of {@link EngineOptions}; each call replaces what an earlier one set. */
    public static final class Builder {

        private Device device = Device.auto();
        private int threads;
        private CancelMode onExit = CancelMode.SUSPEND;

        private Builder() {}

        /** Where the engine computes; {@link Device#auto()} by default. */
        public Builder device(Device device) {
            this.device = Check.given("device", device);
            return this;
        }

        /**
         * Threads for one operation on the processor; 0, the default, is libtorch's choice.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder threads(int threads) {
            this.threads = Check.atLeast("threads", threads, 0);
            return this;
        }

        /**
         * What becomes of trainings when the process ends while the engine is open; {@link CancelMode#SUSPEND} by
         * default. The process waits until they have stopped, but not longer than a minute.
         */
        public Builder onExit(CancelMode onExit) {
            this.onExit = Check.given("onExit", onExit);
            return this;
        }

        /** Makes the value. */
        public EngineOptions build() {
            return new EngineOptions(device, threads, onExit);
        }
    }
}
