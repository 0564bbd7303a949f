package io.github.txt2lora.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The UNet of a single-file Stable Diffusion 1.x checkpoint.
 *
 * @param widths channels of each level, from the finest to the coarsest, which is the one without attention
 * @param layers residual blocks per level on the way down; there is one more on the way up
 * @param context width of the text embeddings
 */
record UNetShapes(List<Integer> widths, int layers, int context) {

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
            shapes.convolution(PREFIX + "input_blocks.0.0", LATENT_CHANNELS, channels, KERNEL);
            skips.push(channels);
            down();
            resnet(PREFIX + "middle_block.0", channels);
            transformer(PREFIX + "middle_block.1");
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
                if (!isCoarsest(level)) {
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
                        String upsampler = name + (isCoarsest(level) ? ".1.conv" : ".2.conv");
                        shapes.convolution(upsampler, channels, channels, KERNEL);
                    }
                }
            }
        }

        private boolean isCoarsest(int level) {
            return level == widths.size() - 1;
        }

        private void layer(String name, int inputs, int level) {
            channels = widths.get(level);
            resnet(name + ".0", inputs);
            if (!isCoarsest(level)) {
                transformer(name + ".1");
            }
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

        private void transformer(String name) {
            shapes.norm(name + ".norm", channels);
            shapes.convolution(name + ".proj_in", channels, channels, 1);
            String block = name + ".transformer_blocks.0";
            attention(block + ".attn1", channels);
            attention(block + ".attn2", context);
            // GEGLU: half of the first layer's outputs gate the other half
            shapes.linear(block + ".ff.net.0.proj", channels, 8L * channels);
            shapes.linear(block + ".ff.net.2", 4L * channels, channels);
            for (int norm = 1; norm <= 3; norm++) {
                shapes.norm(block + ".norm" + norm, channels);
            }
            shapes.convolution(name + ".proj_out", channels, channels, 1);
        }

        private void attention(String name, int keyInputs) {
            shapes.projection(name + ".to_q", channels, channels);
            shapes.projection(name + ".to_k", keyInputs, channels);
            shapes.projection(name + ".to_v", keyInputs, channels);
            shapes.linear(name + ".to_out.0", channels, channels);
        }
    }
}
