package io.github.txt2lora.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The structure of a CLIP text encoder, read off the names and shapes of its tensors.
 *
 * @param vocabulary number of tokens
 * @param positions the longest prompt in tokens
 * @param layers transformer layers that are used
 * @param projectionWidth width of the projected embedding, in SDXL's second encoder only
 */
public record TextEncoderStructure(
        int vocabulary, int positions, int width, int feedForwardWidth, int layers, OptionalInt projectionWidth) {

    private static final String TOKENS = "text_model.embeddings.token_embedding.weight";
    private static final String POSITIONS = "text_model.embeddings.position_embedding.weight";
    private static final String LAYERS = "text_model.encoder.layers.";
    private static final String PROJECTION = "text_projection.weight";

    static TextEncoderStructure of(ComponentTensors tensors) {
        int vocabulary = tensors.size(TOKENS, 0);
        int width = tensors.size(TOKENS, 1);
        int feedForwardWidth = tensors.size(LAYERS + "0.mlp.fc1.weight", 0);
        int layers = 0;
        while (tensors.hasAny(LAYERS + layers + ".self_attn.out_proj.weight", LAYERS + layers + ".mlp.fc1.weight")) {
            layers++;
        }
        OptionalInt projection = tensors.component() == Component.TEXT_ENCODER_2
                ? OptionalInt.of(tensors.size(PROJECTION, 0))
                : OptionalInt.empty();
        return new TextEncoderStructure(
                vocabulary, tensors.size(POSITIONS, 0), width, feedForwardWidth, layers, projection);
    }

    /** The beginning of the keys of a layer. */
    static String layerPrefix(int layer) {
        return LAYERS + layer + ".";
    }

    TextEncoderStructure withLayers(int count) {
        return new TextEncoderStructure(vocabulary, positions, width, feedForwardWidth, count, projectionWidth);
    }

    /** The names (diffusers') and shapes of all tensors of such an encoder. */
    Map<String, List<Long>> tensors() {
        TensorShapes shapes = new TensorShapes();
        shapes.tensor(TOKENS, (long) vocabulary, (long) width);
        shapes.tensor(POSITIONS, (long) positions, (long) width);
        for (int i = 0; i < layers; i++) {
            String layer = LAYERS + i;
            for (String matrix : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
                shapes.linear(layer + ".self_attn." + matrix, width, width);
            }
            shapes.norm(layer + ".layer_norm1", width);
            shapes.linear(layer + ".mlp.fc1", width, feedForwardWidth);
            shapes.linear(layer + ".mlp.fc2", feedForwardWidth, width);
            shapes.norm(layer + ".layer_norm2", width);
        }
        shapes.norm("text_model.final_layer_norm", width);
        projectionWidth.ifPresent(projected -> shapes.matrix("text_projection", width, projected));
        return shapes.byName();
    }
}
