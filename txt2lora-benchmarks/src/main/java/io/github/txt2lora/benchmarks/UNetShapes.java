package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.TensorShapes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;

/**
 * The UNet of a single-file checkpoint.
 *
 * @param widths channels of each level, from the finest to the coarsest
 * @param layers residual blocks per level on the way down; there is one more on the way up
 * @param depths transformer blocks in each attention of a level, 0 where a level has none
 * @param middleDepth transformer blocks in the attention of the middle
 * @param context width of the text embeddings
 * @param linearProjections whether the layers before and after the transformer blocks are linear (SD 2.x and SDXL), not
 *     convolutions
 * @param addition width of the pooled embedding and the sizes that SDXL is told of; empty in other families
 */
record UNetShapes(
        List<Integer> widths,
        int layers,
        List<Integer> depths,
        int middleDepth,
        int context,
        boolean linearProjections,
        OptionalInt addition) {

    private static final String PREFIX = "model.diffusion_model.";
    private static final int LATENT_CHANNELS = 4;
    private static final int KERNEL = 3;

    void addTo(TensorShapes shapes) {
        new Walk(shapes).run();
    }

    private int timeWidth() {
        return 4 * widths.get(0);
    }

    /** Follows the channels through the network; {@code skips} are those that the way up gets from the way down. */
    private final class Walk {

        private final TensorShapes shapes;
        private final Deque<Integer> skips = new ArrayDeque<>();
        private int channels = widths.get(0);

        Walk(TensorShapes shapes) {
            this.shapes = shapes;
        }

        void run() {
            shapes.linear(PREFIX + "time_embed.0", channels, timeWidth());
            shapes.linear(PREFIX + "time_embed.2", timeWidth(), timeWidth());
            addition.ifPresent(width -> {
                shapes.linear(PREFIX + "label_emb.0.0", width, timeWidth());
                shapes.linear(PREFIX + "label_emb.0.2", timeWidth(), timeWidth());
            });
            shapes.convolution(PREFIX + "input_blocks.0.0", LATENT_CHANNELS, channels, KERNEL);
            skips.push(channels);
            down();
            resnet(PREFIX + "middle_block.0", channels);
            transformer(PREFIX + "middle_block.1", middleDepth);
            resnet(PREFIX + "middle_block.2", channels);
            up();
            shapes.norm(PREFIX + "out.0", channels);
            shapes.convolution(PREFIX + "out.2", channels, LATENT_CHANNELS, KERNEL);
        }

        private void down() {
            int block = 1;
            for (int level = 0; level < widths.size(); level++) {
                for (int layer = 0; layer < layers; layer++) {
                    layer(PREFIX + "input_blocks." + block++, channels, level);
                    skips.push(channels);
                }
                if (level < widths.size() - 1) {
                    shapes.convolution(PREFIX + "input_blocks." + block++ + ".0.op", channels, channels, KERNEL);
                    skips.push(channels);
                }
            }
        }

        private void up() {
            int block = 0;
            for (int level = widths.size() - 1; level >= 0; level--) {
                for (int layer = 0; layer <= layers; layer++) {
                    String name = PREFIX + "output_blocks." + block++;
                    layer(name, channels + skips.pop(), level);
                    if (layer == layers && level > 0) {
                        // the upsampler comes after the transformer, where there is one
                        String upsampler = name + (depths.get(level) == 0 ? ".1.conv" : ".2.conv");
                        shapes.convolution(upsampler, channels, channels, KERNEL);
                    }
                }
            }
        }

        private void layer(String name, int inputs, int level) {
            channels = widths.get(level);
            resnet(name + ".0", inputs);
            transformer(name + ".1", depths.get(level));
        }

        private void resnet(String name, int inputs) {
            shapes.norm(name + ".in_layers.0", inputs);
            shapes.convolution(name + ".in_layers.2", inputs, channels, KERNEL);
            shapes.linear(name + ".emb_layers.1", timeWidth(), channels);
            shapes.norm(name + ".out_layers.0", channels);
            shapes.convolution(name + ".out_layers.3", channels, channels, KERNEL);
            if (inputs != channels) {
                shapes.convolution(name + ".skip_connection", inputs, channels, 1);
            }
        }

        private void transformer(String name, int depth) {
            if (depth == 0) {
                return;
            }
            shapes.norm(name + ".norm", channels);
            outerProjection(name + ".proj_in");
            for (int i = 0; i < depth; i++) {
                String block = name + ".transformer_blocks." + i;
                attention(block + ".attn1", channels);
                attention(block + ".attn2", context);
                // GEGLU: half of the first layer's outputs gate the other half
                shapes.linear(block + ".ff.net.0.proj", channels, 8L * channels);
                shapes.linear(block + ".ff.net.2", 4L * channels, channels);
                for (int norm = 1; norm <= 3; norm++) {
                    shapes.norm(block + ".norm" + norm, channels);
                }
            }
            outerProjection(name + ".proj_out");
        }

        private void outerProjection(String name) {
            if (linearProjections) {
                shapes.linear(name, channels, channels);
            } else {
                shapes.convolution(name, channels, channels, 1);
            }
        }

        private void attention(String name, int keyInputs) {
            shapes.matrix(name + ".to_q", channels, channels);
            shapes.matrix(name + ".to_k", keyInputs, channels);
            shapes.matrix(name + ".to_v", keyInputs, channels);
            shapes.linear(name + ".to_out.0", channels, channels);
        }
    }
}
