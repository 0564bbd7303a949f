package io.github.txt2lora.torch.device;

import java.util.List;
import java.util.Optional;

/** The world outside of {@link GpuDetection}: everything that it asks. */
public interface Surroundings {

    /** Operating system and processor in DJL's form, for example {@code linux-x86_64} or {@code win-x86_64}. */
    String system();

    /** The version of PyTorch that DJL on the class path is for. */
    String pytorchVersion();

    /** What NVIDIA's driver says. */
    DriverState driver();

    /** Whether there is an NVIDIA GPU in the machine, as far as the system tells without the driver. */
    boolean hasNvidiaCard();

    /** Whether this process runs in a container, which sees a GPU only if it was started so. */
    boolean isContainer();

    /** The version of the CUDA toolkit, if DJL counts GPUs with it; DJL itself decides by this one. */
    Optional<CudaVersion> toolkit();

    /** An environment variable, or else the system property of the same name, as DJL reads it; empty if blank. */
    Optional<String> setting(String name);

    /** Every PyTorch on the class path. */
    List<BundledLibtorch> bundled();

    /**
     * The PyTorch in a folder.
     *
     * @param path one folder, several with the system's separator between them, or the file of libtorch itself
     * @return empty if none of them holds libtorch
     */
    Optional<InstalledLibtorch> installed(String path);
}
