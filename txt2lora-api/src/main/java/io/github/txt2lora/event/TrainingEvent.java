package io.github.txt2lora.event;

/**
 * Something that happened in a training. The first event is {@link TrainingStarted}, unless the training ends while it
 * is queued; the last is exactly one of {@link TrainingFinished}, {@link TrainingCancelled} and {@link TrainingFailed}.
 */
public sealed interface TrainingEvent
        permits GapMeasured,
                IterationFinished,
                LoraSaved,
                ModelDownloading,
                ModelLoaded,
                PreviewDrawn,
                SettingsChosen,
                StateRestored,
                StateSaved,
                TrainingCancelled,
                TrainingFailed,
                TrainingFinished,
                TrainingPaused,
                TrainingRecovered,
                TrainingResumed,
                TrainingStarted,
                TrainingWarning {

    /** Calls the method of the listener that is made for this kind of event. */
    void deliverTo(TrainingListener listener);
}
