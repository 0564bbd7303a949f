package io.github.txt2lora.proof;

import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.text.ClipTokenizer;

/**
 * The model that everything is compared on.
 *
 * @param profile of its family
 * @param checkpoint its weights
 * @param tokenizer for prompts
 */
record SmallModel(FamilyProfile profile, Checkpoint checkpoint, ClipTokenizer tokenizer) {

    /** Width and height of the images: those that the demo model is made for. */
    static final int SIDE = 96;

    NoiseProcess noiseProcess() {
        return profile.noiseProcess(checkpoint, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL, warning -> {});
    }
}
