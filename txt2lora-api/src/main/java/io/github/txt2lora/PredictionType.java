package io.github.txt2lora;

/** What a base model's UNet predicts for a noisy picture, as far as the user says. */
public enum PredictionType {
    /**
     * What the model's file says: a tensor {@code v_pred}, its metadata, or the scheduler's configuration in a folder.
     * Where it says nothing, noise, which all Stable Diffusion models were trained on but SD 2.x for 768 pixels and
     * some finetuned ones; for SD 2.x that is reported as a warning.
     */
    FROM_MODEL,
    /** Noise, epsilon, if the file does not say otherwise. */
    EPSILON,
    /** Velocity, v, if the file does not say otherwise: SD 2.x for 768 pixels, some finetuned SDXL models. */
    V_PREDICTION
}
