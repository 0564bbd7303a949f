package io.github.txt2lora.text;

import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.TensorView;
import java.util.Map;

/** The source of the weights of text encoders. */
@FunctionalInterface
public interface TextEncoderWeights {

    /** All tensors of a text encoder by their diffusers names. */
    Map<String, TensorView> of(Component encoder);
}
