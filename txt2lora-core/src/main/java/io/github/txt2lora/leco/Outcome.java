package io.github.txt2lora.leco;

/** The outcome of an iteration. */
public sealed interface Outcome {

    /** Work of the network for it, as {@link io.github.txt2lora.diffusion.Denoiser#work()} counts. */
    long work();

    /** An iteration was made. */
    record Trained(LecoTrainer.Iteration iteration, long work) implements Outcome {}

    /**
     * An iteration was thrown away, and perhaps others before it.
     *
     * @param iteration the one that went wrong, counted from 1
     * @param found the problem that was found
     * @param resumesAfter iterations that are left
     * @param learningRateFactor factor on the schedule's learning rates from now on
     */
    record Recovered(int iteration, String found, int resumesAfter, double learningRateFactor, long work)
            implements Outcome {}

    /**
     * The training cannot continue. Others that are trained together with it can.
     *
     * @param failure why; a {@link io.github.txt2lora.TrainingFailedException} where numbers went wrong or libtorch
     *     failed
     */
    record Failed(Throwable failure, long work) implements Outcome {}
}
