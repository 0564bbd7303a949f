package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.TensorShapes;
import java.util.List;

/**
 * A CLIP text encoder of a single-file checkpoint, under the names of transformers.
 *
 * @param prefix of all names
 * @param width channels of a token
 * @param layers transformer layers
 */
record ClipShapes(String prefix, int width, int layers) implements TextEncoderShapes {

    @Override
    public void addTo(TensorShapes shapes) {
        shapes.tensor(prefix + "embeddings.token_embedding.weight", TOKENS, (long) width);
        shapes.tensor(prefix + "embeddings.position_embedding.weight", POSITIONS, (long) width);
        for (int i = 0; i < layers; i++) {
            String layer = prefix + "encoder.layers." + i;
            for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                shapes.linear(layer + ".self_attn." + projection, width, width);
            }
            shapes.norm(layer + ".layer_norm1", width);
            shapes.linear(layer + ".mlp.fc1", width, 4L * width);
            shapes.linear(layer + ".mlp.fc2", 4L * width, width);
            shapes.norm(layer + ".layer_norm2", width);
        }
        shapes.norm(prefix + "final_layer_norm", width);
    }
}
