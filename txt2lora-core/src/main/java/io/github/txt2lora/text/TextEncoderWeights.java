package io.github.txt2lora.text;

import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.TensorView;
import java.util.Map;

/** Where the weights of text encoders come from. */
@FunctionalInterface
public interface TextEncoderWeights {

    /** All tensors of a text encoder by their diffusers names. */
    Map<String, TensorView> of(Component encoder);
}
