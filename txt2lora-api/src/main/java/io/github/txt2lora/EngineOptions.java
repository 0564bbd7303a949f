package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How to set up an engine.
 *
 * @param device where it computes, {@link Device#auto()} by default
 * @param threads threads for one operation on the CPU, or 0, the default, for libtorch's choice
 * @param onExit what becomes of trainings when the process ends while the engine is open, by {@link System#exit}, a
 *     signal or the end of its last thread; {@link CancelMode#SUSPEND} by default
 * @param cacheFolder where pools of latents and the base model's predictions for them are kept for later processes;
 *     empty, the default, keeps them in memory alone, for the trainings of this engine
 * @param cacheLimit bytes that the folder may take, and memory too, greater than 0, 2 GiB by default
 */
public record EngineOptions(
        Device device, int threads, CancelMode onExit, Optional<Path> cacheFolder, long cacheLimit) {

    private static final long DEFAULT_CACHE_LIMIT = 2L << 30;

    /**
     * Checks the components; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if the number of threads is negative, the cache's folder has control characters, or its
     *     limit is not greater than 0
     */
    public EngineOptions {
        Check.given("device", device);
        Check.atLeast("threads", threads, 0);
        Check.given("onExit", onExit);
        Check.given("cacheFolder", cacheFolder).ifPresent(folder -> Check.path("cacheFolder", folder));
        checkCacheLimit(cacheLimit);
    }

    private static long checkCacheLimit(long limit) {
        if (limit <= 0) {
            throw InvalidSettingException.of("cacheLimit", limit, "a number of bytes greater than 0");
        }
        return limit;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder()
                .device(device)
                .threads(threads)
                .onExit(onExit)
                .cacheFolder(cacheFolder)
                .cacheLimit(cacheLimit);
    }

    /** Collects the values of {@link EngineOptions}; each call replaces what an earlier one set. */
    public static final class Builder {

        private Device device = Device.auto();
        private int threads;
        private CancelMode onExit = CancelMode.SUSPEND;
        private Optional<Path> cacheFolder = Optional.empty();
        private long cacheLimit = DEFAULT_CACHE_LIMIT;

        private Builder() {}

        /** Where the engine computes; {@link Device#auto()} by default. */
        public Builder device(Device device) {
            this.device = Check.given("device", device);
            return this;
        }

        /**
         * Threads for one operation on the CPU; 0, the default, is libtorch's choice.
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

        /**
         * Where pools of latents and predictions are kept for later processes, which may be several at once; created
         * when needed. By default they are kept in memory alone. What another machine or number of threads has
         * computed differs by rounding, and so do trainings that use it.
         *
         * @throws InvalidSettingException if the path has control characters
         */
        public Builder cacheFolder(Path cacheFolder) {
            return cacheFolder(Optional.of(Check.path("cacheFolder", cacheFolder)));
        }

        /** As {@link #cacheFolder(Path)}; empty, the default, for none. */
        public Builder cacheFolder(Optional<Path> cacheFolder) {
            Check.given("cacheFolder", cacheFolder).ifPresent(folder -> Check.path("cacheFolder", folder));
            this.cacheFolder = cacheFolder;
            return this;
        }

        /**
         * Bytes that the cache may take in its folder, and as many in memory; 2 GiB by default. What was not used for
         * the longest time is dropped first.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder cacheLimit(long cacheLimit) {
            this.cacheLimit = checkCacheLimit(cacheLimit);
            return this;
        }

        /** Makes the value. */
        public EngineOptions build() {
            return new EngineOptions(device, threads, onExit, cacheFolder, cacheLimit);
        }
    }
}
