package io.github.txt2lora.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The structure of a VAE, read off the names and shapes of its tensors. The decoder mirrors the encoder and has one
 * layer more in each level.
 *
 * @param widths channels of the levels, finest first; each level but the last halves the image
 * @param layersPerLevel resnets in each level of the encoder
 * @param latentChannels channels of the latents
 */
public record VaeStructure(List<Integer> widths, int layersPerLevel, int latentChannels) {
    private static final int COLOURS = 3;

    /** Copies the list. */
    public VaeStructure {
        widths = List.copyOf(widths);
    }

    /** Pixels per latent along an axis: 8 for four levels. */
    public int downscaling() {
        return 1 << (widths.size() - 1);
    }

    /**
     * Reads it off tensors.
     *
     * @param latentChannels that the family's latents have
     */
    static VaeStructure of(ComponentTensors tensors, int latentChannels) {
        tensors.size("encoder.conv_in.weight", 0);
        List<Integer> widths = new ArrayList<>();
        while (hasResnet(tensors, widths.size(), 0)) {
            widths.add(tensors.size("encoder.down_blocks." + widths.size() + ".resnets.0.conv1.weight", 0));
        }
        int layers = 0;
        while (hasResnet(tensors, 0, layers)) {
            layers++;
        }
        if (widths.isEmpty()) {
            throw tensors.failure("no layers in the encoder");
        }
        tensors.requireRoomFor(widths.size(), layers);
        return new VaeStructure(widths, layers, latentChannels);
    }

    private static boolean hasResnet(ComponentTensors tensors, int level, int layer) {
        String name = "encoder.down_blocks." + level + ".resnets." + layer;
        return tensors.hasAny(name + ".conv1.weight", name + ".conv2.weight");
    }

    /** The names (diffusers') and shapes of all tensors of such a VAE. */
    Map<String, List<Long>> tensors() {
        TensorShapes shapes = new TensorShapes();
        int finest = widths.get(0);
        // mean and logarithm of the variance
        int moments = 2 * latentChannels;
        int coarsest = widths.get(widths.size() - 1);
        shapes.convolution("encoder.conv_in", COLOURS, finest, 3);
        addLevels(shapes, "encoder.down_blocks.", ".downsamplers.0.conv", widths, layersPerLevel);
        middle(shapes, "encoder.mid_block", coarsest);
        shapes.norm("encoder.conv_norm_out", coarsest);
        shapes.convolution("encoder.conv_out", coarsest, moments, 3);
        shapes.convolution("quant_conv", moments, moments, 1);
        shapes.convolution("post_quant_conv", latentChannels, latentChannels, 1);
        shapes.convolution("decoder.conv_in", latentChannels, coarsest, 3);
        middle(shapes, "decoder.mid_block", coarsest);
        List<Integer> upwards = new ArrayList<>(widths);
        Collections.reverse(upwards);
        addLevels(shapes, "decoder.up_blocks.", ".upsamplers.0.conv", upwards, layersPerLevel + 1);
        shapes.norm("decoder.conv_norm_out", finest);
        shapes.convolution("decoder.conv_out", finest, COLOURS, 3);
        return shapes.byName();
    }

    private static void addLevels(
            TensorShapes shapes, String blocks, String resampler, List<Integer> levels, int layers) {
        int in = levels.get(0);
        for (int level = 0; level < levels.size(); level++) {
            int width = levels.get(level);
            for (int layer = 0; layer < layers; layer++) {
                shapes.resnet(blocks + level + ".resnets." + layer, in, width);
                in = width;
            }
            if (level < levels.size() - 1) {
                shapes.convolution(blocks + level + resampler, width, width, 3);
            }
        }
    }

    private static void middle(TensorShapes shapes, String name, int width) {
        shapes.resnet(name + ".resnets.0", width, width);
        String attention = name + ".attentions.0";
        shapes.norm(attention + ".group_norm", width);
        for (String matrix : List.of(".to_q", ".to_k", ".to_v", ".to_out.0")) {
            shapes.linear(attention + matrix, width, width);
        }
        shapes.resnet(name + ".resnets.1", width, width);
    }
}
