package io.github.txt2lora.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A family that only tests know: a transformer with flow matching over latents of 16 channels. */
public enum TinyFlow implements ModelFamily {
    FAMILY;

    static final int TEXT_WIDTH = 8;
    static final int BLOCKS = 2;

    private static final int WIDTH = 32;
    private static final int PATCH = 2 * 2;

    @Override
    public String displayName() {
        return "Tiny Flow";
    }

    @Override
    public Set<Component> networks() {
        return Set.of(Component.TRANSFORMER, Component.TEXT_ENCODER, Component.VAE);
    }

    @Override
    public LatentSpace latents() {
        return new LatentSpace(16, 8, 16, 0.5, false);
    }

    static Map<String, List<Long>> transformer() {
        var shapes = new TensorShapes();
        int patch = FAMILY.latents().channels() * PATCH;
        shapes.linear("patch_in", patch, WIDTH);
        shapes.linear("text_in", TEXT_WIDTH, WIDTH);
        shapes.linear("time_in.0", WIDTH, WIDTH);
        shapes.linear("time_in.1", WIDTH, WIDTH);
        for (int i = 0; i < BLOCKS; i++) {
            String block = "blocks." + i;
            shapes.norm(block + ".norm1", WIDTH);
            for (String matrix : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
                shapes.matrix(block + ".self_attn." + matrix, WIDTH, WIDTH);
            }
            shapes.norm(block + ".norm2", WIDTH);
            shapes.linear(block + ".mlp.up", WIDTH, 2 * WIDTH);
            shapes.linear(block + ".mlp.down", 2 * WIDTH, WIDTH);
        }
        shapes.norm("norm_out", WIDTH);
        shapes.linear("patch_out", WIDTH, patch);
        return shapes.byName();
    }

    static TextEncoderStructure textEncoder() {
        return new TextEncoderStructure(49408, 77, TEXT_WIDTH, 4 * TEXT_WIDTH, 2, OptionalInt.empty());
    }

    static VaeStructure vae() {
        return new VaeStructure(List.of(32, 32, 32, 32), 1, FAMILY.latents().channels());
    }
}
