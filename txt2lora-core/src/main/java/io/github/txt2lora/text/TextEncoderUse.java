package io.github.txt2lora.text;

import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import java.util.List;

/**
 * How a family of models uses one of its text encoders.
 *
 * @param component the encoder
 * @param padToken what its tokenizer fills unused places with
 * @param activation of its feed-forward layers
 * @param layersSkipped layers at the end whose output is not used even at clip skip 1
 * @param finalNorm whether the hidden state goes through the final layer norm
 * @param pooled whether the model is also told the projected state of the end token
 */
record TextEncoderUse(
        Component component,
        PadToken padToken,
        ClipTextEncoder.Activation activation,
        int layersSkipped,
        boolean finalNorm,
        boolean pooled) {

    /**
     * The text encoders of a family, in the order in which their hidden states are put side by side. Of SD 2.x's 24
     * layers a {@link io.github.txt2lora.checkpoint.Checkpoint} has the 23 that are used, so nothing is skipped there.
     */
    static List<TextEncoderUse> of(ModelFamily family) {
        return switch (family) {
            case SD1 ->
                List.of(new TextEncoderUse(
                        Component.TEXT_ENCODER,
                        PadToken.END_OF_TEXT,
                        ClipTextEncoder.Activation.QUICK_GELU,
                        0,
                        true,
                        false));
            case SD2 ->
                List.of(new TextEncoderUse(
                        Component.TEXT_ENCODER,
                        PadToken.EXCLAMATION_MARK,
                        ClipTextEncoder.Activation.GELU,
                        0,
                        true,
                        false));
            case SDXL ->
                List.of(
                        new TextEncoderUse(
                                Component.TEXT_ENCODER,
                                PadToken.END_OF_TEXT,
                                ClipTextEncoder.Activation.QUICK_GELU,
                                1,
                                false,
                                false),
                        new TextEncoderUse(
                                Component.TEXT_ENCODER_2,
                                PadToken.EXCLAMATION_MARK,
                                ClipTextEncoder.Activation.GELU,
                                1,
                                false,
                                true));
        };
    }
}
