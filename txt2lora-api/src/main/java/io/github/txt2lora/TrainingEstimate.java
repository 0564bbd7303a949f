package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.Optional;

/**
 * An estimate of the memory, disk space and work of a training before it starts. The rules were fitted to full-size
 * models on the CPU and can be wrong by a factor of two.
 *
 * @param family the family of the base model, for example {@code Stable Diffusion 1.x}
 * @param unetParameters numbers in the base model's UNet
 * @param memoryBytes peak of main memory, on the CPU
 * @param shortage a sentence that compares the required memory with that of this machine; empty if the training fits,
 *     or if the memory of the machine is unknown
 * @param loraBytes disk space for the LoRA, intermediate LoRA files, and one more while a file is written beside the
 *     one that it replaces
 * @param stateBytes disk space for the states that are kept, and one more while it is written
 * @param evaluations most forward evaluations of the UNet in the whole training, for each sample of a batch; a backward
 *     one counts as two
 */
public record TrainingEstimate(
        String family,
        long unetParameters,
        long memoryBytes,
        Optional<String> shortage,
        long loraBytes,
        long stateBytes,
        double evaluations) {

    /** Rejects null. */
    public TrainingEstimate {
        Check.given("family", family);
        Check.given("shortage", shortage);
    }

    /** Disk space for all files of the training, at the most at one time. */
    public long diskBytes() {
        return loraBytes + stateBytes;
    }
}
