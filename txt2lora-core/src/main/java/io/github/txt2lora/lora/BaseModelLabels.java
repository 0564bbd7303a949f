package io.github.txt2lora.lora;

/**
 * The description in a LoRA's metadata of the model that it was trained on.
 *
 * @param version kohya's {@code ss_base_model_version}
 * @param architecture {@code modelspec.architecture} of the model, without {@code /lora}
 * @param isV2 kohya's {@code ss_v2}
 * @param predictionType {@code modelspec.prediction_type}
 */
public record BaseModelLabels(String version, String architecture, boolean isV2, String predictionType) {}
