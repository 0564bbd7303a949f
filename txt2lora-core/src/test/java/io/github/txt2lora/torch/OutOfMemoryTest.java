package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Too little memory is told apart from all other failures, whichever library ran out of it. */
class OutOfMemoryTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 3.94 GiB",
                "CUDA error: out of memory",
                "cudaErrorMemoryAllocation: out of memory",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
                "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
                "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
                "cusolver error: CUSOLVER_STATUS_ALLOC_FAILED, when calling `cusolverDnCreate(handle)`",
                "GET was unable to find an engine to execute this computation",
                "FIND was unable to find an engine to execute this computation",
                "[enforce fail at alloc_cpu.cpp:114] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to"
                        + " allocate 8589934592 bytes. Error code 12 (Cannot allocate memory)",
                "[enforce fail at alloc_cpu.cpp:121] data. DefaultCPUAllocator: not enough memory: you tried to allocate"
                        + " 8589934592 bytes.",
                "HIP out of memory. Tried to allocate 20.00 MiB",
                "HIP error: hipErrorOutOfMemory",
                "CUDA error: HIPBLAS_STATUS_ALLOC_FAILED when calling `hipblasCreate(handle)`",
                "miopenStatusAllocFailed",
                "MPS backend out of memory (MPS allocated: 9.05 GB, other allocations: 8.46 MB, max allowed: 9.07 GB)",
                "Invalid buffer size: 58.24 GB",
                "std::bad_alloc",
                "bad allocation"
            })
    void is_recognised_in(String text) {
        EngineException failure = new EngineException("The following operation failed in the TorchScript"
                + " interpreter.\nTraceback of TorchScript, serialized code (most recent call last):\n  File"
                + " \"code/__torch__/vae.py\", line 12, in decode\nRuntimeError: " + text);

        assertThat(TorchException.of("Vae.decode", failure).isOutOfMemory()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
                "CUDA error: device-side assert triggered",
                "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED",
                "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!"
            })
    void is_not_seen_in(String text) {
        assertThat(TorchException.of("UNet.forward", new EngineException("RuntimeError: " + text))
                        .isOutOfMemory())
                .isFalse();
    }

    @Test
    void is_recognised_where_libtorch_really_lacks_it() {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope()) {
            assertThatThrownBy(() -> scope.zeros(new Shape(1L << 50)))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(TorchException.of("zeros", e).isOutOfMemory())
                                    .isTrue());
        }
    }

    @Test
    void a_task_is_tried_once_more_with_free_caches() {
        try (Torch torch = TestTorch.start()) {
            int[] calls = {0};

            assertThat(torch.retryingWithFreeCaches(() -> {
                        if (calls[0]++ == 0) {
                            throw new TorchException("CUDA out of memory", true, null);
                        }
                        return "done";
                    }))
                    .isEqualTo("done");
            assertThatThrownBy(() -> torch.retryingWithFreeCaches(() -> {
                        calls[0]++;
                        throw new TorchException("CUDA out of memory", true, null);
                    }))
                    .isInstanceOf(TorchException.class);
            assertThat(calls[0]).isEqualTo(4);
        }
    }
}
