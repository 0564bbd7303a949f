package io.github.txt2lora.torch.device;

import java.util.List;

/** What NVIDIA's driver says. */
public sealed interface DriverState {

    /** The GPUs that the driver offers to this process. */
    default List<Gpu> gpus() {
        return List.of();
    }

    /**
     * The driver's library does not load.
     *
     * @param reason the system's words
     */
    record Missing(String reason) implements DriverState {}

    /**
     * The driver's library loads, but does not start.
     *
     * @param code CUDA's number of the error
     * @param name CUDA's name of the error, for example {@code CUDA_ERROR_UNKNOWN}
     */
    record Failing(int code, String name) implements DriverState {

        static final int STUB_LIBRARY = 34;
        static final int NO_DEVICE = 100;
        static final int SYSTEM_NOT_READY = 802;
        static final int DRIVER_MISMATCH = 803;
    }

    /**
     * The driver works.
     *
     * @param cuda the newest CUDA that it supports
     * @param gpus in the order of their index
     */
    record Working(CudaVersion cuda, List<Gpu> gpus) implements DriverState {

        /** Copies the list. */
        public Working {
            gpus = List.copyOf(gpus);
        }
    }
}
