package io.github.txt2lora.event;

/**
 * Receives the events of a training. Implement {@link #onEvent} to handle all of them in one place, or the methods for
 * single events; all do nothing by default.
 *
 * <p>The contract, which every engine is tested for:
 *
 * <ul>
 *   <li>Callbacks come one at a time and in order, on a thread of the engine named {@code txt2lora-events}. Each
 *       callback sees the writes of the one before, so a listener of one training needs no locks.
 *   <li>The training does not wait for its listeners. If one is slow or blocked, only the newest waiting iteration, the
 *       newest waiting step of a download and the newest ten waiting previews are kept; all other events arrive, in order. A listener that
 *       {@linkplain #wantsEveryIteration() wants every iteration} receives all iterations.
 *   <li>An exception from a callback is logged and ignored; later events and other listeners are not affected.
 *   <li>A callback may call the methods of {@link io.github.txt2lora.TrainingJob} that do not wait, such as
 *       {@code cancel}, and may start another training. It must not wait for a job or an image, nor close the engine.
 *   <li>The last event of a training arrives before dependents of
 *       {@link io.github.txt2lora.TrainingJob#completion()} run, but perhaps after
 *       {@link io.github.txt2lora.TrainingJob#await()} has returned. Closing the engine waits for it, but not longer
 *       than ten seconds.
 * </ul>
 */
public interface TrainingListener {

    /**
     * Whether this listener receives every iteration, however slow it is; false by default. Events then wait in memory,
     * so such a listener should be faster than the training. It is asked once, when the job begins.
     */
    default boolean wantsEveryIteration() {
        return false;
    }

    /** Receives every event; by default hands it to the method for its kind. */
    default void onEvent(TrainingEvent event) {
        event.deliverTo(this);
    }

    /** The training left the queue. */
    default void onStarted(TrainingStarted event) {}

    /** More of the base model has been downloaded; slow listeners miss some of these events. */
    default void onModelDownloading(ModelDownloading event) {}

    /** The base model is ready. */
    default void onModelLoaded(ModelLoaded event) {}

    /** The training has chosen the settings that were left to it. */
    default void onSettingsChosen(SettingsChosen event) {}

    /** An iteration is done; slow listeners miss some of these events. */
    default void onIteration(IterationFinished event) {}

    /** The gap between the LoRA and its goal was measured. */
    default void onGap(GapMeasured event) {}

    /** The training has drawn images with the LoRA as it is. */
    default void onPreview(PreviewDrawn event) {}

    /** A warning to the user; the training continues. */
    default void onWarning(TrainingWarning event) {}

    /** A LoRA file is complete under its name. */
    default void onSaved(LoraSaved event) {}

    /** The training resumes from where an earlier run stopped. */
    default void onStateRestored(StateRestored event) {}

    /** A state to resume from is complete under its name. */
    default void onStateSaved(StateSaved event) {}

    /** A number was non-finite, and the training continues. */
    default void onRecovered(TrainingRecovered event) {}

    /** The training is paused. */
    default void onPaused(TrainingPaused event) {}

    /** The training continues after a pause. */
    default void onResumed(TrainingResumed event) {}

    /** The last event of a training that finished. */
    default void onFinished(TrainingFinished event) {}

    /** The last event of a training that was cancelled. */
    default void onCancelled(TrainingCancelled event) {}

    /** The last event of a training that failed. */
    default void onFailed(TrainingFailed event) {}
}
