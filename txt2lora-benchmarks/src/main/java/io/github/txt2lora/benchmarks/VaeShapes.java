package io.github.txt2lora.benchmarks;

import io.github.txt2lora.checkpoint.TensorShapes;
import java.util.List;

/**
 * The autoencoder of a single-file Stable Diffusion checkpoint.
 *
 * @param widths channels of each level, from the finest to the coarsest
 * @param layers residual blocks per level in the encoder; the decoder has one more
 */
record VaeShapes(List<Integer> widths, int layers) {

    private static final String PREFIX = "first_stage_model.";
    private static final int PICTURE_CHANNELS = 3;
    private static final int LATENT_CHANNELS = 4;
    private static final int KERNEL = 3;

    void addTo(TensorShapes shapes) {
        encoder(shapes, PREFIX + "encoder.");
        // mean and logarithm of the variance
        shapes.convolution(PREFIX + "quant_conv", 2 * LATENT_CHANNELS, 2 * LATENT_CHANNELS, 1);
        shapes.convolution(PREFIX + "post_quant_conv", LATENT_CHANNELS, LATENT_CHANNELS, 1);
        decoder(shapes, PREFIX + "decoder.");
    }

    private void encoder(TensorShapes shapes, String prefix) {
        int channels = widths.get(0);
        shapes.convolution(prefix + "conv_in", PICTURE_CHANNELS, channels, KERNEL);
        for (int level = 0; level < widths.size(); level++) {
            String down = prefix + "down." + level;
            channels = blocks(shapes, down, layers, channels, widths.get(level));
            if (level < widths.size() - 1) {
                shapes.convolution(down + ".downsample.conv", channels, channels, KERNEL);
            }
        }
        middle(shapes, prefix + "mid.", channels);
        shapes.norm(prefix + "norm_out", channels);
        shapes.convolution(prefix + "conv_out", channels, 2 * LATENT_CHANNELS, KERNEL);
    }

    private void decoder(TensorShapes shapes, String prefix) {
        int channels = widths.get(widths.size() - 1);
        shapes.convolution(prefix + "conv_in", LATENT_CHANNELS, channels, KERNEL);
        middle(shapes, prefix + "mid.", channels);
        for (int level = widths.size() - 1; level >= 0; level--) {
            String up = prefix + "up." + level;
            channels = blocks(shapes, up, layers + 1, channels, widths.get(level));
            if (level > 0) {
                shapes.convolution(up + ".upsample.conv", channels, channels, KERNEL);
            }
        }
        shapes.norm(prefix + "norm_out", channels);
        shapes.convolution(prefix + "conv_out", channels, PICTURE_CHANNELS, KERNEL);
    }

    private static int blocks(TensorShapes shapes, String level, int count, int inputs, int outputs) {
        int channels = inputs;
        for (int i = 0; i < count; i++) {
            resnet(shapes, level + ".block." + i, channels, outputs);
            channels = outputs;
        }
        return channels;
    }

    private static void middle(TensorShapes shapes, String prefix, int channels) {
        resnet(shapes, prefix + "block_1", channels, channels);
        shapes.norm(prefix + "attn_1.norm", channels);
        for (String layer : List.of("q", "k", "v", "proj_out")) {
            shapes.convolution(prefix + "attn_1." + layer, channels, channels, 1);
        }
        resnet(shapes, prefix + "block_2", channels, channels);
    }

    private static void resnet(TensorShapes shapes, String name, int inputs, int outputs) {
        shapes.norm(name + ".norm1", inputs);
        shapes.convolution(name + ".conv1", inputs, outputs, KERNEL);
        shapes.norm(name + ".norm2", outputs);
        shapes.convolution(name + ".conv2", outputs, outputs, KERNEL);
        if (inputs != outputs) {
            shapes.convolution(name + ".nin_shortcut", inputs, outputs, 1);
        }
    }
}
