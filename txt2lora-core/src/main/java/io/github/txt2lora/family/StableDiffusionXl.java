package io.github.txt2lora.family;

import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.lora.BaseModelLabels;
import io.github.txt2lora.text.TextEncoderUse;
import java.util.List;

/** Stable Diffusion XL. */
final class StableDiffusionXl extends StableDiffusionProfile {

    @Override
    public ModelFamily family() {
        return StableDiffusion.SDXL;
    }

    @Override
    List<TextEncoderUse> textEncoders() {
        return List.of(
                TextEncoderUse.openAi(Component.TEXT_ENCODER).lastButOne(),
                TextEncoderUse.openClip(Component.TEXT_ENCODER_2).lastButOne().withPooled());
    }

    /** In its training, samples without a prompt had zeros, not the encoding of the empty prompt. */
    @Override
    public boolean hasZerosForNoPrompt() {
        return true;
    }

    @Override
    public boolean takesPictureSize() {
        return true;
    }

    @Override
    public List<Integer> usualResolutions() {
        return List.of(768, 1024);
    }

    @Override
    public BaseModelLabels labels(NoiseProcess noiseProcess) {
        return new BaseModelLabels(
                "sdxl_base_v1-0", "stable-diffusion-xl-v1-base", false, predictionType(noiseProcess));
    }
}
