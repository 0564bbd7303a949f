package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.Optional;

/**
 * What a training takes, as far as can be told before it starts. The rules were fitted to models of full size on the CPU
 * and can be wrong by a factor of two.
 *
 * @param family what the base model is, for example {@code Stable Diffusion 1.x}
 * @param unetParameters numbers in the base model's UNet
 * @param memoryBytes main memory at the most at one time, on the CPU
 * @param shortage a sentence that says that this machine has less memory, and what takes it; empty where it fits, or the
 *     system does not tell what it has
 * @param loraBytes disk space for the LoRA, those saved on the way, and one more while a file is written beside the one
 *     that it replaces
 * @param stateBytes disk space for the states that are kept, and one more while it is written
 * @param evaluations of the UNet in the whole training at the most, for each picture of a batch: forward ones; a backward
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
