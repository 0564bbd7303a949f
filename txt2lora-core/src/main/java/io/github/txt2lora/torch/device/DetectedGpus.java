package io.github.txt2lora.torch.device;

import io.github.txt2lora.Device;
import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What {@link GpuDetection} found.
 *
 * @param driver what the driver says
 * @param libtorch which PyTorch is loaded
 * @param usable the GPUs that this PyTorch can compute on
 * @param obstacle why there is none, although there is a GPU; empty where there is no GPU to be used
 */
public record DetectedGpus(DriverState driver, LibtorchPlan libtorch, List<Gpu> usable, Optional<Obstacle> obstacle) {

    /** Copies the list. */
    public DetectedGpus {
        usable = List.copyOf(usable);
    }

    /**
     * Chooses a device, once libtorch is loaded.
     *
     * @param seesGpus whether libtorch says that it can use a GPU
     * @param trial computes on a GPU; gives libtorch's words if that fails
     * @throws InvalidSettingException if a GPU is asked for that is not there or cannot be used; the message says why,
     *     and what helps
     */
    public ChosenDevice choose(Device wanted, boolean seesGpus, Function<Gpu, Optional<String>> trial) {
        return switch (wanted.kind()) {
            case CPU -> ChosenDevice.cpu();
            case AUTO -> firstUsable(seesGpus, trial);
            case CUDA -> {
                Gpu gpu = required(wanted);
                failureOf(gpu, seesGpus, trial).ifPresent(why -> {
                    throw new InvalidSettingException("device is " + wanted + ": " + why);
                });
                yield ChosenDevice.of(gpu);
            }
        };
    }

    private ChosenDevice firstUsable(boolean seesGpus, Function<Gpu, Optional<String>> trial) {
        Optional<Obstacle> first = obstacle;
        for (Gpu gpu : usable) {
            Optional<Obstacle> failure = failureOf(gpu, seesGpus, trial);
            if (failure.isEmpty()) {
                return ChosenDevice.of(gpu);
            }
            first = first.isPresent() ? first : failure;
        }
        return ChosenDevice.cpuBecause(first);
    }

    private Gpu required(Device wanted) {
        List<Gpu> gpus = driver.gpus();
        if (gpus.isEmpty()) {
            throw new InvalidSettingException("device is " + wanted + ": " + reasonOfNone());
        }
        if (wanted.index() >= gpus.size()) {
            throw InvalidSettingException.of(
                    "device",
                    wanted,
                    "auto, cpu, or one of the " + gpus.size() + " GPUs that the driver offers: "
                            + gpus.stream().map(Gpu::toString).collect(Collectors.joining(", ")));
        }
        return gpus.get(wanted.index());
    }

    private Obstacle reasonOfNone() {
        String remedy = "use device cpu or auto";
        return obstacle.orElseGet(() -> driver instanceof DriverState.Missing missing
                ? new Obstacle(
                        "this machine has no NVIDIA driver (" + missing.reason() + ")",
                        remedy + ", or, if it has an NVIDIA GPU, install the driver: " + GpuDetection.DRIVERS)
                : new Obstacle("the NVIDIA driver offers no GPU", remedy));
    }

    private Optional<Obstacle> failureOf(Gpu gpu, boolean seesGpus, Function<Gpu, Optional<String>> trial) {
        if (!usable.contains(gpu)) {
            return Optional.of(obstacle.orElseGet(() -> GpuDetection.withoutKernels(gpu, libtorch.toString())));
        }
        if (!seesGpus) {
            return Optional.of(new Obstacle(
                    "the NVIDIA driver offers " + gpu + ", but " + libtorch + " sees no GPU",
                    "update the driver: " + GpuDetection.DRIVERS + " (nvidia-smi shows its version)"));
        }
        return trial.apply(gpu)
                .map(words -> new Obstacle(
                        libtorch + " cannot compute on " + gpu + ": " + words,
                        "see whether another program uses the GPU, and update the driver: nvidia-smi shows both"));
    }
}
