package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.TensorShapes;

/**
 * An OpenCLIP text encoder of a single-file checkpoint, in whose attention queries, keys and values are one matrix.
 *
 * @param prefix of all names
 * @param width channels of a token
 * @param layers transformer layers that are used
 * @param projection whether it has the projection that gives the pooled embedding
 */
record OpenClipShapes(String prefix, int width, int layers, boolean projection) implements TextEncoderShapes {

    @Override
    public void addTo(TensorShapes shapes) {
        shapes.tensor(prefix + "token_embedding.weight", TOKENS, (long) width);
        shapes.tensor(prefix + "positional_embedding", POSITIONS, (long) width);
        for (int i = 0; i < layers; i++) {
            String layer = prefix + "transformer.resblocks." + i;
            shapes.tensor(layer + ".attn.in_proj_weight", 3L * width, (long) width);
            shapes.tensor(layer + ".attn.in_proj_bias", 3L * width);
            shapes.linear(layer + ".attn.out_proj", width, width);
            shapes.norm(layer + ".ln_1", width);
            shapes.linear(layer + ".mlp.c_fc", width, 4L * width);
            shapes.linear(layer + ".mlp.c_proj", 4L * width, width);
            shapes.norm(layer + ".ln_2", width);
        }
        shapes.norm(prefix + "ln_final", width);
        if (projection) {
            shapes.tensor(prefix + "text_projection", (long) width, (long) width);
        }
    }
}
