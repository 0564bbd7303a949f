package io.github.txt2lora;

/**
 * The state of a {@link TrainingJob}.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>state</th><th>next state</th><th>when</th></tr>
 * <tr><td rowspan="2">QUEUED</td><td>RUNNING</td><td>the trainings before it have ended</td></tr>
 * <tr><td>CANCELLED</td><td>cancelled, or the engine was closed</td></tr>
 * <tr><td rowspan="4">RUNNING</td><td>PAUSED</td><td>paused, at the next checkpoint</td></tr>
 * <tr><td>FINISHED</td><td>all iterations were made and the LoRA was saved</td></tr>
 * <tr><td>CANCELLED</td><td>cancelled, at the next checkpoint, or the engine was closed</td></tr>
 * <tr><td>FAILED</td><td>it cannot continue</td></tr>
 * <tr><td rowspan="3">PAUSED</td><td>RUNNING</td><td>resumed</td></tr>
 * <tr><td>CANCELLED</td><td>cancelled, or the engine was closed</td></tr>
 * <tr><td>FAILED</td><td>the LoRA that a cancellation was to keep could not be saved</td></tr>
 * <tr><td>FINISHED, CANCELLED, FAILED</td><td>none</td><td></td></tr>
 * </table>
 *
 * <p>There is a checkpoint before each call of a network and before each part of a file that is read, so a request
 * takes effect within the time of one such call. A training whose last iteration is done has no further checkpoint: it
 * saves its LoRA and finishes.
 */
public enum JobState {
    /** Waits for the trainings before it in the queue. */
    QUEUED(false),
    /** Loads its model or trains. */
    RUNNING(false),
    /** Paused; it keeps its place, and trainings behind it keep waiting. */
    PAUSED(false),
    /** All iterations were made and the LoRA was saved. */
    FINISHED(true),
    /** Ended early by request, with or without a LoRA. */
    CANCELLED(true),
    /** Ended early by a failure. */
    FAILED(true);

    private final boolean terminal;

    JobState(boolean terminal) {
        this.terminal = terminal;
    }

    /** Whether no other state follows. */
    public boolean isTerminal() {
        return terminal;
    }
}
