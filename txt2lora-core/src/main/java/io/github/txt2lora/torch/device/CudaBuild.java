package io.github.txt2lora.torch.device;

import java.util.List;
import java.util.Optional;

/**
 * A build of PyTorch for GPUs that DJL has.
 *
 * @param pytorch its version
 * @param flavor DJL's name of the build
 * @param cuda the CUDA that it was built with; every driver for the same major version runs it
 * @param kernels the generations that it has machine code for
 * @param newest the generation from which on drivers compile its code for any GPU; empty if they do not
 */
record CudaBuild(
        String pytorch,
        String flavor,
        CudaVersion cuda,
        List<ComputeCapability> kernels,
        Optional<ComputeCapability> newest) {

    /** Also runs on GPUs that are newer than it. */
    static final CudaBuild CU128 = new CudaBuild(
            "2.7.1",
            "cu128",
            new CudaVersion(12, 8),
            List.of(
                    new ComputeCapability(7, 5),
                    new ComputeCapability(8, 0),
                    new ComputeCapability(8, 6),
                    new ComputeCapability(9, 0),
                    new ComputeCapability(10, 0),
                    new ComputeCapability(12, 0)),
            Optional.of(new ComputeCapability(12, 0)));

    /** The one that is on Maven Central; for GPUs up to Hopper. */
    static final CudaBuild CU124 = new CudaBuild(
            "2.5.1",
            "cu124",
            new CudaVersion(12, 4),
            List.of(
                    new ComputeCapability(5, 0),
                    new ComputeCapability(6, 0),
                    new ComputeCapability(7, 0),
                    new ComputeCapability(7, 5),
                    new ComputeCapability(8, 0),
                    new ComputeCapability(8, 6),
                    new ComputeCapability(9, 0)),
            Optional.empty());

    private static final List<CudaBuild> ALL = List.of(CU128, CU124);

    /** Systems that there are builds for. */
    private static final List<String> SYSTEMS = List.of("linux-x86_64", "win-x86_64");

    /**
     * The build of a version.
     *
     * @param version such as {@code 2.7.1} or {@code 2.7.1-20250812}
     */
    static Optional<CudaBuild> of(String version) {
        return ALL.stream().filter(build -> version.startsWith(build.pytorch)).findFirst();
    }

    /** Another build that has kernels for a GPU. */
    static Optional<CudaBuild> runningOn(Gpu gpu) {
        return ALL.stream().filter(build -> build.runsOn(gpu)).findFirst();
    }

    static boolean existsFor(String system) {
        return SYSTEMS.contains(system);
    }

    /** Whether it has kernels for a GPU: machine code runs on later variants of its generation. */
    boolean runsOn(Gpu gpu) {
        ComputeCapability wanted = gpu.capability();
        return kernels.stream().anyMatch(one -> one.major() == wanted.major() && one.minor() <= wanted.minor())
                || newest.filter(one -> wanted.compareTo(one) >= 0).isPresent();
    }

    /** Whether a driver runs it: one for a later minor version is not needed. */
    boolean runsWith(CudaVersion driver) {
        return driver.major() >= cuda.major();
    }

    @Override
    public String toString() {
        return "PyTorch " + pytorch + " (" + flavor + ")";
    }
}
