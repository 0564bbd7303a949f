package io.github.txt2lora.family;

import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.lora.BaseModelLabels;
import io.github.txt2lora.text.TextEncoderUse;
import java.util.List;
import java.util.function.Consumer;

/** Stable Diffusion 2.x, of which there are models that predict noise and models that predict velocity. */
final class StableDiffusion2 extends StableDiffusionProfile {

    @Override
    public ModelFamily family() {
        return StableDiffusion.SD2;
    }

    /** Of OpenCLIP's 24 layers a checkpoint has the 23 that are used, so nothing is skipped here. */
    @Override
    List<TextEncoderUse> textEncoders() {
        return List.of(TextEncoderUse.openClip(Component.TEXT_ENCODER));
    }

    @Override
    public NoiseProcess noiseProcess(
            Checkpoint checkpoint, PredictionType prediction, TerminalSnr terminalSnr, Consumer<String> warnings) {
        NoiseProcess process = super.noiseProcess(checkpoint, prediction, terminalSnr, warnings);
        boolean isGuessed = checkpoint.vPrediction().isEmpty() && prediction == PredictionType.FROM_MODEL;
        if (isGuessed && !process.zeroTerminalSnr()) {
            warnings.accept(checkpoint.path() + " is " + family().displayName()
                    + " and does not say what it predicts; assumed EPSILON, as for models of 512 pixels. If it is one"
                    + " for 768 pixels, set prediction to V_PREDICTION");
        }
        return process;
    }

    @Override
    public List<Integer> usualResolutions() {
        return List.of(512, 768);
    }

    @Override
    public BaseModelLabels labels(NoiseProcess noiseProcess) {
        boolean velocity = noiseProcess.predictsVelocity();
        return new BaseModelLabels(
                velocity ? "sd_v2_v" : "sd_v2",
                velocity ? "stable-diffusion-v2-768-v" : "stable-diffusion-v2-512",
                true,
                predictionType(noiseProcess));
    }
}
