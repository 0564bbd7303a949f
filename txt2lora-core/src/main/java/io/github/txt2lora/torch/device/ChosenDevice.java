package io.github.txt2lora.torch.device;

import java.util.Optional;

/**
 * What is computed on.
 *
 * @param gpu empty for the CPU
 * @param obstacle why it is the CPU although there is a GPU
 */
public record ChosenDevice(Optional<Gpu> gpu, Optional<Obstacle> obstacle) {

    static ChosenDevice of(Gpu gpu) {
        return new ChosenDevice(Optional.of(gpu), Optional.empty());
    }

    static ChosenDevice cpu() {
        return cpuBecause(Optional.empty());
    }

    static ChosenDevice cpuBecause(Optional<Obstacle> obstacle) {
        return new ChosenDevice(Optional.empty(), obstacle);
    }
}
