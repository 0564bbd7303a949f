package io.github.txt2lora.family;

import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.lora.BaseModelLabels;
import io.github.txt2lora.text.TextEncoderUse;
import java.util.List;

/** Stable Diffusion 1.x. */
final class StableDiffusion1 extends StableDiffusionProfile {

    @Override
    public ModelFamily family() {
        return StableDiffusion.SD1;
    }

    @Override
    List<TextEncoderUse> textEncoders() {
        return List.of(TextEncoderUse.openAi(Component.TEXT_ENCODER));
    }

    @Override
    public List<Integer> usualResolutions() {
        return List.of(512, 768);
    }

    @Override
    public BaseModelLabels labels(NoiseProcess noiseProcess) {
        return new BaseModelLabels(
                noiseProcess.predictsVelocity() ? "sd_v1_v" : "sd_v1",
                "stable-diffusion-v1",
                false,
                predictionType(noiseProcess));
    }
}
