package io.github.txt2lora;

/** The quantity that a base model's UNet predicts. */
public enum PredictionType {
    /**
     * The type that the model's file declares by a tensor {@code v_pred}, its metadata, or the scheduler's
     * configuration in a folder. Without a declaration, noise: all Stable Diffusion models predict it except SD 2.x for
     * 768 pixels and some fine-tuned models. For SD 2.x, this is reported as a warning.
     */
    FROM_MODEL,
    /** Noise, epsilon, unless the file declares another type. */
    EPSILON,
    /** Velocity, v, unless the file declares another type: SD 2.x for 768 pixels, some fine-tuned SDXL models. */
    V_PREDICTION
}
