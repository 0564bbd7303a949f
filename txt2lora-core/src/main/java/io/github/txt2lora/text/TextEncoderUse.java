package io.github.txt2lora.text;

import io.github.txt2lora.checkpoint.Component;

/**
 * Settings of one CLIP text encoder in a family of models.
 *
 * @param component the encoder
 * @param padToken the token that fills unused places
 * @param activation of its feed-forward layers
 * @param layersSkipped layers at the end whose output is not used even at clip skip 1
 * @param finalNorm whether the hidden state goes through the final layer norm
 * @param pooled whether the model is also told the projected state of the end token
 */
public record TextEncoderUse(
        Component component,
        PadToken padToken,
        ClipActivation activation,
        int layersSkipped,
        boolean finalNorm,
        boolean pooled) {

    /** OpenAI's encoder, in SD 1.x. */
    public static TextEncoderUse openAi(Component component) {
        return new TextEncoderUse(component, PadToken.END_OF_TEXT, ClipActivation.QUICK_GELU, 0, true, false);
    }

    /** OpenCLIP's encoder, in SD 2.x. */
    public static TextEncoderUse openClip(Component component) {
        return new TextEncoderUse(component, PadToken.EXCLAMATION_MARK, ClipActivation.GELU, 0, true, false);
    }

    /** The same encoder, of which the last layer but one is used without the final norm, as in SDXL. */
    public TextEncoderUse lastButOne() {
        return new TextEncoderUse(component, padToken, activation, 1, false, pooled);
    }

    /** The same encoder, whose projected end token the model is told too, as of the second one in SDXL. */
    public TextEncoderUse withPooled() {
        return new TextEncoderUse(component, padToken, activation, layersSkipped, finalNorm, true);
    }
}
