package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * How a base model is used, in trainings and for images.
 *
 * @param precision the number format of the model's computations, {@link Precision#FP32} by default; in trainings, the
 *     LoRA and the optimizer always compute in 32 bits
 * @param clipSkip which hidden state of the text encoder is used, counted from the one that the model was trained on, 1:
 *     the last in SD 1.x and 2.x, the last but one in SDXL; 1 to 12, 1 by default
 * @param predictionType what the model predicts, {@link PredictionType#FROM_MODEL} by default
 * @param terminalSnr whether the model was trained up to pure noise, {@link TerminalSnr#FROM_MODEL} by default
 */
public record ModelUse(Precision precision, int clipSkip, PredictionType predictionType, TerminalSnr terminalSnr) {

    /**
     * Checks every component; {@link #defaults()} and the methods that change one read better.
     *
     * @throws InvalidSettingException if clip skip is not from 1 to 12
     */
    public ModelUse {
        Check.given("precision", precision);
        Check.between("clipSkip", clipSkip, 1, 12);
        Check.given("predictionType", predictionType);
        Check.given("terminalSnr", terminalSnr);
    }

    /** The defaults. */
    public static ModelUse defaults() {
        return new ModelUse(Precision.FP32, 1, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL);
    }

    /** The same with another precision. */
    public ModelUse withPrecision(Precision newPrecision) {
        return new ModelUse(newPrecision, clipSkip, predictionType, terminalSnr);
    }

    /**
     * The same with another state of the text encoder.
     *
     * @throws InvalidSettingException if it is not from 1 to 12
     */
    public ModelUse withClipSkip(int newClipSkip) {
        return new ModelUse(precision, newClipSkip, predictionType, terminalSnr);
    }

    /** The same with another type of prediction. */
    public ModelUse withPredictionType(PredictionType newPredictionType) {
        return new ModelUse(precision, clipSkip, newPredictionType, terminalSnr);
    }

    /** The same with another end of the noise schedule. */
    public ModelUse withTerminalSnr(TerminalSnr newTerminalSnr) {
        return new ModelUse(precision, clipSkip, predictionType, newTerminalSnr);
    }
}
