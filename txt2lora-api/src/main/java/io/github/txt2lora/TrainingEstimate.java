package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.List;
import java.util.Optional;

/**
 * An estimate of the memory, disk space and work of a training before it starts. Memory follows from the shapes of the
 * network and is within 15 % of the peaks that were measured on the CPU; no peak was measured on a GPU yet.
 *
 * @param family the family of the base model, for example {@code Stable Diffusion 1.x}
 * @param unetParameters numbers in the base model's UNet
 * @param memoryBytes peak of memory on the engine's device; on the CPU that of the whole process
 * @param memoryPlan how the samples of a step go through the network, chosen by {@link EngineOptions#memory()}
 * @param memoryFits whether and how it would fit into the engine's device and into common sizes of graphics cards, in
 *     each precision and at the usual resolutions of the family
 * @param shortage a sentence that compares the required memory with that of this machine; empty if the training fits,
 *     or if the memory of the machine is unknown
 * @param loraBytes disk space for the LoRA, intermediate LoRA files, and one more while a file is written beside the
 *     one that it replaces
 * @param stateBytes disk space for the states that are kept, and one more while it is written
 * @param evaluations most forward evaluations of the UNet in the whole training, for each sample of a batch; a backward
 *     one counts as two. Those of its previews come on top, see {@link PreviewSpec#mostShare()}
 */
public record TrainingEstimate(
        String family,
        long unetParameters,
        long memoryBytes,
        MemoryPlan memoryPlan,
        List<MemoryFit> memoryFits,
        Optional<String> shortage,
        long loraBytes,
        long stateBytes,
        double evaluations) {

    /** Rejects null, copies the list. */
    public TrainingEstimate {
        Check.given("family", family);
        Check.given("memoryPlan", memoryPlan);
        memoryFits = List.copyOf(Check.given("memoryFits", memoryFits));
        Check.given("shortage", shortage);
    }

    /** Disk space for all files of the training, at the most at one time. */
    public long diskBytes() {
        return loraBytes + stateBytes;
    }
}
