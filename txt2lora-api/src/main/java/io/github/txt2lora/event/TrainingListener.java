package io.github.txt2lora.event;

/**
 * Is told what happens in a training. Implement {@link #onEvent} to see everything in one place, or the methods for
 * single events; all do nothing by default.
 *
 * <p>The contract, which every engine is tested for:
 *
 * <ul>
 *   <li>Callbacks come one at a time and in order, on a thread of the engine named {@code txt2lora-events}. What one
 *       callback writes, the next one sees, so a listener of one training needs no locks.
 *   <li>The training does not wait for its listeners. If one is slow or blocked, of the iterations that wait only the
 *       newest is kept, and so of the steps of a download; all other events arrive, in order.
 *   <li>What a callback throws is logged and ignored; later events and other listeners get what they would have got.
 *   <li>A callback may call the methods of {@link io.github.txt2lora.TrainingJob} that do not wait, such as
 *       {@code cancel}, and may start another training. It must not wait for a job or a picture, nor close the engine.
 *   <li>The last event of a training arrives before dependents of
 *       {@link io.github.txt2lora.TrainingJob#completion()} run, but perhaps after
 *       {@link io.github.txt2lora.TrainingJob#await()} has returned. Closing the engine waits for it, but not longer than
 *       ten seconds.
 * </ul>
 */
public interface TrainingListener {

    /** Receives every event; by default hands it to the method for its kind. */
    default void onEvent(TrainingEvent event) {
        event.deliverTo(this);
    }

    /** The training left the queue. */
    default void onStarted(TrainingStarted event) {}

    /** The base model is being downloaded, and how far; some are left out for slow listeners. */
    default void onModelDownloading(ModelDownloading event) {}

    /** The base model is ready. */
    default void onModelLoaded(ModelLoaded event) {}

    /** An iteration was made; some are left out for slow listeners. */
    default void onIteration(IterationFinished event) {}

    /** It was measured how far the LoRA still is from its goal. */
    default void onGap(GapMeasured event) {}

    /** Something the user should know although the training goes on. */
    default void onWarning(TrainingWarning event) {}

    /** A LoRA file is whole under its name. */
    default void onSaved(LoraSaved event) {}

    /** The training goes on from where an earlier run stopped. */
    default void onStateRestored(StateRestored event) {}

    /** A state to go on from is whole under its name. */
    default void onStateSaved(StateSaved event) {}

    /** A number went wrong and the training goes on. */
    default void onRecovered(TrainingRecovered event) {}

    /** The training stands still. */
    default void onPaused(TrainingPaused event) {}

    /** The training goes on after a pause. */
    default void onResumed(TrainingResumed event) {}

    /** The last event of a training that made all iterations. */
    default void onFinished(TrainingFinished event) {}

    /** The last event of a training that was cancelled. */
    default void onCancelled(TrainingCancelled event) {}

    /** The last event of a training that failed. */
    default void onFailed(TrainingFailed event) {}
}
