package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Settings for running a base model, in trainings and for images.
 *
 * @param precision number format of the model's computations, {@link Precision#FP32} by default; in trainings, the LoRA
 *     and the optimizer always use 32 bits
 * @param clipSkip hidden state of the text encoder to use, 1 to 12, 1 by default. 1 is the one that the model was
 *     trained on: the last in SD 1.x and 2.x, the second to last in SDXL; 2 is the one before it
 * @param predictionType quantity that the model predicts, {@link PredictionType#FROM_MODEL} by default
 * @param terminalSnr whether the model was trained up to pure noise, {@link TerminalSnr#FROM_MODEL} by default
 * @param embeddings folder of textual-inversion embeddings, empty by default; see {@link #withEmbeddings}
 */
public record ModelUse(
        Precision precision,
        int clipSkip,
        PredictionType predictionType,
        TerminalSnr terminalSnr,
        Optional<Path> embeddings) {

    /**
     * Checks every component; {@link #defaults()} and the methods that change one read better.
     *
     * @throws InvalidSettingException if clip skip is not from 1 to 12, or the folder's path has control characters
     */
    public ModelUse {
        Check.given("precision", precision);
        Check.between("clipSkip", clipSkip, 1, 12);
        Check.given("predictionType", predictionType);
        Check.given("terminalSnr", terminalSnr);
        Check.given("embeddings", embeddings).ifPresent(folder -> Check.path("embeddings", folder));
    }

    /** The defaults. */
    public static ModelUse defaults() {
        return new ModelUse(Precision.FP32, 1, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL, Optional.empty());
    }

    /** A copy with another precision. */
    public ModelUse withPrecision(Precision newPrecision) {
        return new ModelUse(newPrecision, clipSkip, predictionType, terminalSnr, embeddings);
    }

    /**
     * A copy with another hidden state of the text encoder.
     *
     * @throws InvalidSettingException if it is not from 1 to 12
     */
    public ModelUse withClipSkip(int newClipSkip) {
        return new ModelUse(precision, newClipSkip, predictionType, terminalSnr, embeddings);
    }

    /** A copy with another prediction type. */
    public ModelUse withPredictionType(PredictionType newPredictionType) {
        return new ModelUse(precision, clipSkip, newPredictionType, terminalSnr, embeddings);
    }

    /** A copy with another terminal SNR. */
    public ModelUse withTerminalSnr(TerminalSnr newTerminalSnr) {
        return new ModelUse(precision, clipSkip, predictionType, newTerminalSnr, embeddings);
    }

    /**
     * A copy whose prompts may name the textual-inversion embeddings of a folder. An embedding is a
     * {@code .safetensors} file for the model's family, in the folder or a subfolder. Where its name without the
     * extension stands in a prompt, in any case, its vectors take the place of the name's tokens, as in the web UI; of
     * several names that begin at one word the longest counts. Only files that a prompt names are read; a name in
     * {@code .pt} or {@code .bin} is refused. In trainings, the content of the named files is part of the training's
     * identity, and the LoRA's metadata tell their names and hashes.
     *
     * @param folder one that exists when prompts are read
     * @throws InvalidSettingException if the path has control characters
     */
    public ModelUse withEmbeddings(Path folder) {
        return withEmbeddings(Optional.of(Check.given("embeddings", folder)));
    }

    /** As {@link #withEmbeddings(Path)}; empty for none. */
    public ModelUse withEmbeddings(Optional<Path> folder) {
        return new ModelUse(precision, clipSkip, predictionType, terminalSnr, folder);
    }
}
