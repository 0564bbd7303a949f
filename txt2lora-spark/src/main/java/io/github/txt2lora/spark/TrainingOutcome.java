package io.github.txt2lora.spark;

import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.Txt2LoraException;

/** The outcome of a training that belongs to no workspace. */
public sealed interface TrainingOutcome {

    /** The LoRA's name. */
    String name();

    /**
     * The LoRA is trained.
     *
     * @param name the LoRA's name
     * @param lora the result; its file is on the storage that the executors see
     */
    record Trained(String name, TrainedLora lora) implements TrainingOutcome {}

    /**
     * The LoRA could not be trained.
     *
     * @param name the LoRA's name
     * @param failure why, and on which host
     */
    record Failed(String name, Txt2LoraException failure) implements TrainingOutcome {}

    /**
     * The run was interrupted before the LoRA was trained. The next run resumes where this one stopped.
     *
     * @param name the LoRA's name
     * @param begun whether its training had started
     */
    record Interrupted(String name, boolean begun) implements TrainingOutcome {}
}
