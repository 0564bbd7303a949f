package io.github.txt2lora;

/** What a training does with the state of an earlier run of the same name in the same folder. */
public enum Resume {
    /** Begins anew. */
    NEVER,
    /**
     * Goes on from the state if it is of the same model and settings; otherwise begins anew, with a warning that lists
     * the differences. The number of iterations may differ, as long as the iterations made so far would have been the
     * same: not where the learning rate's schedule spans all iterations, and not where more are made than wanted. Such a
     * state is kept.
     */
    IF_SAME,
    /**
     * Goes on from the state; fails with an {@link InvalidSettingException} that lists the differences if it is of
     * another model or other settings, and if there is none.
     */
    REQUIRED
}
