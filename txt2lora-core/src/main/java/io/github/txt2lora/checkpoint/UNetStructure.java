package io.github.txt2lora.checkpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The structure of a UNet, read off the names and shapes of its tensors. The way up mirrors the way down and has one
 * layer more in each level.
 *
 * @param widths channels of the levels, finest first
 * @param layersPerLevel resnets in each level on the way down
 * @param transformerDepths transformer blocks in each attention of a level, 0 where a level has no attention
 * @param middleDepth transformer blocks in the attention of the middle block
 * @param contextWidth width of the text embeddings
 * @param timeWidth width of the time embedding
 * @param linearProjection whether the attention's proj_in and proj_out are linear (SD 2.x, SDXL), not 1x1 convolutions
 * @param additionWidth width of the input of SDXL's additional embedding: pooled text and six sizes of 256 each; empty
 *     in other families
 */
public record UNetStructure(
        List<Integer> widths,
        int layersPerLevel,
        List<Integer> transformerDepths,
        int middleDepth,
        int contextWidth,
        int timeWidth,
        boolean linearProjection,
        OptionalInt additionWidth) {

    /** Channels of the latents, in all generations. */
    private static final int LATENT_CHANNELS = StableDiffusion.SD1.latents().channels();

    private static final String MIDDLE_ATTENTION = "mid_block.attentions.0";

    /** Copies the lists. */
    public UNetStructure {
        widths = List.copyOf(widths);
        transformerDepths = List.copyOf(transformerDepths);
    }

    static UNetStructure of(ComponentTensors tensors) {
        requireTextToImage(tensors);
        List<Integer> widths = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        while (hasResnet(tensors, "down_blocks." + widths.size() + ".resnets.0")) {
            String level = "down_blocks." + widths.size();
            widths.add(tensors.size(level + ".resnets.0.conv1.weight", 0));
            depths.add(depth(tensors, level + ".attentions.0"));
        }
        if (widths.isEmpty()) {
            throw tensors.failure("no layers in the first level");
        }
        int layers = 0;
        while (hasResnet(tensors, "down_blocks.0.resnets." + layers)) {
            layers++;
        }
        tensors.requireRoomFor(widths.size(), layers);
        tensors.requireRoomFor(
                layers, depths.stream().mapToInt(Integer::intValue).sum());
        String addition = "add_embedding.linear_1.weight";
        return new UNetStructure(
                widths,
                layers,
                depths,
                depth(tensors, MIDDLE_ATTENTION),
                tensors.size(MIDDLE_ATTENTION + ".transformer_blocks.0.attn2.to_k.weight", 1),
                tensors.size("time_embedding.linear_1.weight", 0),
                tensors.find(MIDDLE_ATTENTION + ".proj_in.weight")
                        .map(matrix -> matrix.shape().size() == 2)
                        .orElse(false),
                tensors.hasAny(addition) ? OptionalInt.of(tensors.size(addition, 1)) : OptionalInt.empty());
    }

    private static void requireTextToImage(ComponentTensors tensors) {
        int channels = tensors.size("conv_in.weight", 1);
        if (channels != LATENT_CHANNELS) {
            String kind = switch (channels) {
                case 9 -> "an inpainting model";
                case 8 -> "a model that edits images (InstructPix2Pix)";
                case 5 -> "a depth-to-image model";
                default -> "no text-to-image model";
            };
            throw tensors.failure("the UNet takes %d channels, so this is %s; expected a text-to-image model with %d"
                    .formatted(channels, kind, LATENT_CHANNELS));
        }
    }

    private static boolean hasResnet(ComponentTensors tensors, String name) {
        return tensors.hasAny(name + ".conv1.weight", name + ".conv2.weight");
    }

    private static int depth(ComponentTensors tensors, String attention) {
        int depth = 0;
        while (tensors.hasAny(
                attention + ".transformer_blocks." + depth + ".attn1.to_q.weight",
                attention + ".transformer_blocks." + depth + ".attn2.to_q.weight")) {
            depth++;
        }
        return depth;
    }

    /** The names (diffusers') and shapes of all tensors of such a UNet. */
    Map<String, List<Long>> tensors() {
        TensorShapes shapes = new TensorShapes();
        int levels = widths.size();
        shapes.convolution("conv_in", LATENT_CHANNELS, widths.get(0), 3);
        shapes.linear("time_embedding.linear_1", widths.get(0), timeWidth);
        shapes.linear("time_embedding.linear_2", timeWidth, timeWidth);
        additionWidth.ifPresent(width -> {
            shapes.linear("add_embedding.linear_1", width, timeWidth);
            shapes.linear("add_embedding.linear_2", timeWidth, timeWidth);
        });
        Deque<Integer> skips = addWayDown(shapes);
        int width = widths.get(levels - 1);
        resnet(shapes, "mid_block.resnets.0", width, width);
        attention(shapes, MIDDLE_ATTENTION, width, middleDepth);
        resnet(shapes, "mid_block.resnets.1", width, width);
        addWayUp(shapes, skips);
        shapes.norm("conv_norm_out", widths.get(0));
        shapes.convolution("conv_out", widths.get(0), LATENT_CHANNELS, 3);
        return shapes.byName();
    }

    /** Adds the way down and returns the widths of its outputs, last on top, which the way up takes in again. */
    private Deque<Integer> addWayDown(TensorShapes shapes) {
        Deque<Integer> skips = new ArrayDeque<>(List.of(widths.get(0)));
        int in = widths.get(0);
        for (int level = 0; level < widths.size(); level++) {
            String block = "down_blocks." + level;
            int width = widths.get(level);
            for (int layer = 0; layer < layersPerLevel; layer++) {
                resnet(shapes, block + ".resnets." + layer, in, width);
                attention(shapes, block + ".attentions." + layer, width, transformerDepths.get(level));
                in = width;
                skips.push(width);
            }
            if (level < widths.size() - 1) {
                shapes.convolution(block + ".downsamplers.0.conv", width, width, 3);
                skips.push(width);
            }
        }
        return skips;
    }

    private void addWayUp(TensorShapes shapes, Deque<Integer> skips) {
        int levels = widths.size();
        int in = widths.get(levels - 1);
        for (int step = 0; step < levels; step++) {
            String block = "up_blocks." + step;
            int level = levels - 1 - step;
            int width = widths.get(level);
            for (int layer = 0; layer <= layersPerLevel; layer++) {
                resnet(shapes, block + ".resnets." + layer, in + skips.pop(), width);
                attention(shapes, block + ".attentions." + layer, width, transformerDepths.get(level));
                in = width;
            }
            if (level > 0) {
                shapes.convolution(block + ".upsamplers.0.conv", width, width, 3);
            }
        }
    }

    private void resnet(TensorShapes shapes, String name, int in, int out) {
        shapes.resnet(name, in, out);
        shapes.linear(name + ".time_emb_proj", timeWidth, out);
    }

    private void attention(TensorShapes shapes, String name, int width, int depth) {
        if (depth == 0) {
            return;
        }
        shapes.norm(name + ".norm", width);
        projection(shapes, name + ".proj_in", width);
        for (int i = 0; i < depth; i++) {
            String block = name + ".transformer_blocks." + i;
            shapes.norm(block + ".norm1", width);
            shapes.norm(block + ".norm2", width);
            shapes.norm(block + ".norm3", width);
            crossAttention(shapes, block + ".attn1", width, width);
            crossAttention(shapes, block + ".attn2", width, contextWidth);
            // The feed-forward part widens four times; its gate (GEGLU) doubles the first layer.
            shapes.linear(block + ".ff.net.0.proj", width, 8L * width);
            shapes.linear(block + ".ff.net.2", 4L * width, width);
        }
        projection(shapes, name + ".proj_out", width);
    }

    private void projection(TensorShapes shapes, String name, int width) {
        if (linearProjection) {
            shapes.linear(name, width, width);
        } else {
            shapes.convolution(name, width, width, 1);
        }
    }

    private static void crossAttention(TensorShapes shapes, String name, int width, int context) {
        shapes.matrix(name + ".to_q", width, width);
        shapes.matrix(name + ".to_k", context, width);
        shapes.matrix(name + ".to_v", context, width);
        shapes.linear(name + ".to_out.0", width, width);
    }
}
