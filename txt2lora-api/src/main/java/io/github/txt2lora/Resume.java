package io.github.txt2lora;

/** Whether a training resumes from the state of an earlier run with the same name and folder. */
public enum Resume {
    /** Starts over. */
    NEVER,
    /**
     * Resumes if the model and settings are the same; otherwise starts over, with a warning that lists the differences.
     * The number of iterations may differ, unless the learning rate schedule spans all iterations or the state has more
     * iterations than requested. In these cases the state is kept.
     */
    IF_SAME,
    /**
     * Resumes, or fails with an {@link InvalidSettingException}: if there is no state, or if it belongs to another
     * model or other settings, which the message lists.
     */
    REQUIRED
}
