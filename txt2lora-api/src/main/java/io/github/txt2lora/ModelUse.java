package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * Settings for running a base model, in trainings and for images.
 *
 * @param precision number format of the model's computations, {@link Precision#FP32} by default; in trainings, the LoRA
 *     and the optimizer always use 32 bits
 * @param clipSkip hidden state of the text encoder to use, 1 to 12, 1 by default. 1 is the one that the model was
 *     trained on: the last in SD 1.x and 2.x, the second to last in SDXL; 2 is the one before it
 * @param predictionType quantity that the model predicts, {@link PredictionType#FROM_MODEL} by default
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

    /** A copy with another precision. */
    public ModelUse withPrecision(Precision newPrecision) {
        return new ModelUse(newPrecision, clipSkip, predictionType, terminalSnr);
    }

    /**
     * A copy with another hidden state of the text encoder.
     *
     * @throws InvalidSettingException if it is not from 1 to 12
     */
    public ModelUse withClipSkip(int newClipSkip) {
        return new ModelUse(precision, newClipSkip, predictionType, terminalSnr);
    }

    /** A copy with another prediction type. */
    public ModelUse withPredictionType(PredictionType newPredictionType) {
        return new ModelUse(precision, clipSkip, newPredictionType, terminalSnr);
    }

    /** A copy with another terminal SNR. */
    public ModelUse withTerminalSnr(TerminalSnr newTerminalSnr) {
        return new ModelUse(precision, clipSkip, predictionType, newTerminalSnr);
    }
}
