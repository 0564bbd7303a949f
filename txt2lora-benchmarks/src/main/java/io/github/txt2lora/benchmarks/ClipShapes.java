package io.github.txt2lora.benchmarks;

import java.util.List;

/**
 * The CLIP text encoder of a single-file Stable Diffusion 1.x checkpoint.
 *
 * @param width channels of a token
 * @param layers transformer layers
 */
record ClipShapes(int width, int layers) {

    private static final String PREFIX = "cond_stage_model.transformer.text_model.";
    private static final long TOKENS = 49408;
    private static final long POSITIONS = 77;

    void addTo(TensorShapes shapes) {
        shapes.weight(PREFIX + "embeddings.token_embedding", TOKENS, (long) width);
        shapes.weight(PREFIX + "embeddings.position_embedding", POSITIONS, (long) width);
        for (int i = 0; i < layers; i++) {
            String layer = PREFIX + "encoder.layers." + i;
            for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                shapes.linear(layer + ".self_attn." + projection, width, width);
            }
            shapes.norm(layer + ".layer_norm1", width);
            shapes.linear(layer + ".mlp.fc1", width, 4L * width);
            shapes.linear(layer + ".mlp.fc2", 4L * width, width);
            shapes.norm(layer + ".layer_norm2", width);
        }
        shapes.norm(PREFIX + "final_layer_norm", width);
    }
}
