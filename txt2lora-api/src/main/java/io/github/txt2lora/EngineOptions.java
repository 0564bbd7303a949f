package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The options of an engine.
 *
 * @param device device to compute on, {@link Device#auto()} by default
 * @param threads threads for one operation on the CPU, 0 or more; 0, the default, is libtorch's choice
 * @param onExit cancel mode of trainings when the process ends while the engine is open, by {@link System#exit}, a
 *     signal or the end of its last thread; {@link CancelMode#SUSPEND} by default
 * @param cacheFolder folder that caches pools of latents and the base model's predictions for later processes; empty,
 *     the default, caches them in memory, for the trainings of this engine
 * @param cacheLimit size limit in bytes of the cache on disk, and of the cache in memory, greater than 0; 2 GiB by
 *     default
 * @param allowTf32 whether a GPU may compute FP32 networks in TF32, false by default; see {@link Builder#allowTf32}
 * @param deterministic whether a GPU uses deterministic algorithms only, false by default; see
 *     {@link Builder#deterministic}
 * @param memory how time is traded for memory; {@link Memory#AUTO} by default
 */
public record EngineOptions(
        Device device,
        int threads,
        CancelMode onExit,
        Optional<Path> cacheFolder,
        long cacheLimit,
        boolean allowTf32,
        boolean deterministic,
        Memory memory) {

    private static final long DEFAULT_CACHE_LIMIT = 2L << 30;

    /**
     * Checks the components; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if the number of threads is negative, the path of the cache has control
     *     characters, or its limit is not greater than 0
     */
    public EngineOptions {
        Check.given("device", device);
        Check.atLeast("threads", threads, 0);
        Check.given("onExit", onExit);
        Check.given("cacheFolder", cacheFolder).ifPresent(folder -> Check.path("cacheFolder", folder));
        checkCacheLimit(cacheLimit);
        Check.given("memory", memory);
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
                .cacheLimit(cacheLimit)
                .allowTf32(allowTf32)
                .deterministic(deterministic)
                .memory(memory);
    }

    /** Collects the values of {@link EngineOptions}; each call replaces what an earlier one set. */
    public static final class Builder {

        private Device device = Device.auto();
        private int threads;
        private CancelMode onExit = CancelMode.SUSPEND;
        private Optional<Path> cacheFolder = Optional.empty();
        private long cacheLimit = DEFAULT_CACHE_LIMIT;
        private boolean allowTf32;
        private boolean deterministic;
        private Memory memory = Memory.AUTO;

        private Builder() {}

        /** The device to compute on; {@link Device#auto()} by default. */
        public Builder device(Device device) {
            this.device = Check.given("device", device);
            return this;
        }

        /**
         * Threads for one operation on the CPU, 0 or more; 0, the default, is libtorch's choice.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder threads(int threads) {
            this.threads = Check.atLeast("threads", threads, 0);
            return this;
        }

        /**
         * Cancel mode of running trainings when the process ends while the engine is open; {@link CancelMode#SUSPEND}
         * by default. The process waits until they have stopped, at most a minute.
         */
        public Builder onExit(CancelMode onExit) {
            this.onExit = Check.given("onExit", onExit);
            return this;
        }

        /**
         * The folder that caches pools of latents and predictions, created when needed. Several processes may share it.
         * By default the cache is in memory alone. Values computed on another machine, or with another number of
         * threads, differ by rounding; so do trainings that use them.
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
         * Size limit in bytes of the cache on disk, and of the cache in memory; 2 GiB by default. The least recently
         * used entries are evicted first.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder cacheLimit(long cacheLimit) {
            this.cacheLimit = checkCacheLimit(cacheLimit);
            return this;
        }

        /**
         * Whether a GPU may round the factors of matrix products and convolutions in FP32 to TF32, which has the range
         * of FP32 and the 10 bits of FP16. It is faster on RTX 30xx and later; networks in FP16 and BF16 do not change.
         * False by default, unlike PyTorch, which uses TF32 in convolutions. Has no effect on a CPU.
         *
         * <p>libtorch keeps this for the whole process: of several engines on GPUs, the one opened last decides.
         */
        public Builder allowTf32(boolean allowTf32) {
            this.allowTf32 = allowTf32;
            return this;
        }

        /**
         * Whether a GPU uses only algorithms that produce the same bytes each time; false by default. It is slower. A
         * training fails if libtorch has no such algorithm for one of its operations. Sets the environment variable
         * {@code CUBLAS_WORKSPACE_CONFIG} of this process to {@code :4096:8} if it is not set. A CPU always produces
         * the same bytes.
         *
         * <p>libtorch keeps this for the whole process: of several engines on GPUs, the one opened last decides.
         */
        public Builder deterministic(boolean deterministic) {
            this.deterministic = deterministic;
            return this;
        }

        /** How time is traded for memory; {@link Memory#AUTO} by default. */
        public Builder memory(Memory memory) {
            this.memory = Check.given("memory", memory);
            return this;
        }

        /** Makes the value. */
        public EngineOptions build() {
            return new EngineOptions(
                    device, threads, onExit, cacheFolder, cacheLimit, allowTf32, deterministic, memory);
        }
    }
}
