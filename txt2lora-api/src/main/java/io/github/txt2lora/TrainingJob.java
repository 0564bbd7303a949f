package io.github.txt2lora;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A handle on a training that was given to an engine. All methods may be called from any thread, and those that do not
 * say that they wait return at once.
 *
 * <table>
 * <caption>Effects of the calls; the state is entered soon, or at once where it says so</caption>
 * <tr><th>state</th><th>{@link #pause()}</th><th>{@link #resume()}</th><th>{@link #cancel}</th></tr>
 * <tr><td>QUEUED</td><td>stays QUEUED; PAUSED instead of loading when its turn comes</td><td>cancels the pause</td>
 *     <td>CANCELLED, at once, without a LoRA</td></tr>
 * <tr><td>RUNNING</td><td>PAUSED</td><td>cancels a pause that has not begun</td><td>CANCELLED</td></tr>
 * <tr><td>PAUSED</td><td>no effect</td><td>RUNNING</td><td>CANCELLED</td></tr>
 * <tr><td>FINISHED, CANCELLED, FAILED</td><td>no effect</td><td>no effect</td><td>no effect</td></tr>
 * </table>
 *
 * <p>Once a cancellation is requested, later calls have no effect. See {@link JobState} for all transitions.
 */
public interface TrainingJob {

    /** The training. */
    LoraTraining training();

    /** The state now. */
    JobState state();

    /** The progress now. */
    TrainingProgress progress();

    /**
     * Waits for the end. Interrupting the waiting thread ends the wait, not the training.
     *
     * @return the LoRA; after {@link CancelMode#KEEP} it has fewer iterations than requested
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws TrainingCancelledException if the training was cancelled and left no LoRA
     * @throws Txt2LoraException if the training failed; the same exception as in {@link #completion()}
     */
    TrainedLora await() throws InterruptedException;

    /**
     * Waits for the end, but not longer than {@code timeout}; otherwise as {@link #await()}.
     *
     * @return the LoRA, or empty if the training has not ended in that time
     * @throws InterruptedException if the waiting thread is interrupted
     * @throws TrainingCancelledException if the training was cancelled and left no LoRA
     * @throws Txt2LoraException if the training failed
     */
    Optional<TrainedLora> await(Duration timeout) throws InterruptedException;

    /**
     * Waits for the end. If the waiting thread is interrupted meanwhile, the training is cancelled as by
     * {@link CancelMode#SUSPEND}; this method then returns or throws once the training has ended and its state is
     * saved, and the thread stays interrupted.
     *
     * @return the LoRA
     * @throws TrainingCancelledException if the training was cancelled and left no LoRA; the message names the saved
     *     files
     * @throws Txt2LoraException if the training failed
     */
    default TrainedLora awaitOrSuspend() {
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return await();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    cancel(CancelMode.SUSPEND);
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Pauses the training before its next call of a network, which may be in the middle of an iteration, or before it
     * reads the next part of its model. A queued job pauses before it loads its model. The model stays in memory, and
     * the trainings behind it keep waiting. A pause does not change the result. No effect after the end.
     */
    void pause();

    /** Ends or cancels a {@link #pause()}. No effect if there is none. */
    void resume();

    /**
     * Asks the training to end before its next call of a network or before it reads the next part of its model; an
     * iteration in progress is abandoned. A queued job ends at once, a paused one soon. A training whose last iteration
     * is done finishes. No effect after the end or after an earlier call.
     *
     * @param mode whether LoRA and state are saved. The job ends as {@link JobState#CANCELLED} either way: with
     *     {@link CancelMode#KEEP} after at least one iteration, with a LoRA; otherwise with a
     *     {@link TrainingCancelledException}
     */
    void cancel(CancelMode mode);

    /**
     * The end as a stage to compose with. It completes with the LoRA or, exceptionally, with the exception that
     * {@link #await()} throws. Dependent actions without an executor run on the thread that calls listeners: while they
     * run, no events arrive, but trainings continue, so they may use the engine.
     */
    CompletionStage<TrainedLora> completion();
}
