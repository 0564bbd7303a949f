package io.github.txt2lora.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Lists the layers of a UNet in the order in which diffusers creates them (down blocks, up blocks, mid block; in each
 * the attentions first), which is the order in which LECO draws their first values.
 */
final class UNetLayers {

    private static final List<String> ATTENTION = List.of("to_q", "to_k", "to_v", "to_out.0");
    private static final List<String> RESNET = List.of("conv1", "time_emb_proj", "conv2", "conv_shortcut");

    private static final List<String> OUTSIDE_BLOCKS = List.of(
            "conv_in",
            "time_embedding.linear_1",
            "time_embedding.linear_2",
            "add_embedding.linear_1",
            "add_embedding.linear_2",
            "conv_out");

    private final Map<String, List<Long>> weightShapes;
    private final List<LoraModule> layers = new ArrayList<>();

    private UNetLayers(Map<String, List<Long>> weightShapes) {
        this.weightShapes = weightShapes;
    }

    /** All layers inside the blocks that have weights of two or four dimensions. */
    static List<LoraModule> list(Map<String, List<Long>> weightShapes) {
        var lister = new UNetLayers(weightShapes);
        lister.blocks("down_blocks.");
        lister.blocks("up_blocks.");
        lister.block("mid_block");
        return List.copyOf(lister.layers);
    }

    /** Also those outside of the blocks, which are not trained here but by others. */
    static List<LoraModule> listAll(Map<String, List<Long>> weightShapes) {
        var lister = new UNetLayers(weightShapes);
        OUTSIDE_BLOCKS.forEach(lister::add);
        lister.layers.addAll(list(weightShapes));
        return List.copyOf(lister.layers);
    }

    private void blocks(String prefix) {
        for (int i = 0; has(prefix + i + ".resnets.0.conv1"); i++) {
            block(prefix + i);
        }
    }

    private void block(String block) {
        for (int i = 0; has(block + ".resnets." + i + ".conv1"); i++) {
            transformer(block + ".attentions." + i);
        }
        for (int i = 0; has(block + ".resnets." + i + ".conv1"); i++) {
            String resnet = block + ".resnets." + i;
            RESNET.forEach(layer -> add(resnet + "." + layer));
        }
        add(block + ".downsamplers.0.conv");
        add(block + ".upsamplers.0.conv");
    }

    private void transformer(String transformer) {
        add(transformer + ".proj_in");
        for (int i = 0; has(transformer + ".transformer_blocks." + i + ".attn1.to_q"); i++) {
            String block = transformer + ".transformer_blocks." + i;
            ATTENTION.forEach(layer -> add(block + ".attn1." + layer));
            ATTENTION.forEach(layer -> add(block + ".attn2." + layer));
            add(block + ".ff.net.0.proj");
            add(block + ".ff.net.2");
        }
        add(transformer + ".proj_out");
    }

    private boolean has(String layer) {
        return weightShapes.containsKey(layer + ".weight");
    }

    private void add(String layer) {
        List<Long> shape = weightShapes.get(layer + ".weight");
        if (shape != null) {
            var layerShape = new LayerShape(Math.toIntExact(shape.get(0)), shape.subList(1, shape.size()));
            layers.add(new LoraModule(layer, layerShape));
        }
    }
}
