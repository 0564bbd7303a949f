package io.github.txt2lora.benchmarks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The 278 layers of Stable Diffusion 1.5's UNet that a LoRA with convolutions covers, in their full size. */
final class Sd15Layers {

    private static final int[] WIDTHS = {320, 640, 1280, 1280};
    private static final int TIME_WIDTH = 1280;
    private static final int CONTEXT_WIDTH = 768;

    private final List<Layer> layers = new ArrayList<>();

    private Sd15Layers() {}

    /**
     * A layer.
     *
     * @param kernel side of the kernel, 0 of a linear layer
     */
    record Layer(String name, int outputs, int inputs, int kernel) {

        /** Numbers in a row of its weight matrix. */
        int fanIn() {
            return kernel == 0 ? inputs : inputs * kernel * kernel;
        }
    }

    static List<Layer> list() {
        var lister = new Sd15Layers();
        lister.addAll();
        return List.copyOf(lister.layers);
    }

    private void addAll() {
        Deque<Integer> skips = new ArrayDeque<>(List.of(WIDTHS[0]));
        int channels = WIDTHS[0];
        for (int level = 0; level < WIDTHS.length; level++) {
            String block = "down_blocks_" + level;
            for (int i = 0; i < 2; i++) {
                addLayer(block, i, channels, WIDTHS[level], level < 3);
                channels = WIDTHS[level];
                skips.push(channels);
            }
            if (level < 3) {
                layers.add(new Layer(block + "_downsamplers_0_conv", channels, channels, 3));
                skips.push(channels);
            }
        }
        addLayer("mid_block", 0, channels, channels, true);
        addResnet("mid_block_resnets_1", channels, channels);
        for (int level = 0; level < WIDTHS.length; level++) {
            int width = WIDTHS[WIDTHS.length - 1 - level];
            String block = "up_blocks_" + level;
            for (int i = 0; i < 3; i++) {
                addLayer(block, i, channels + skips.pop(), width, level > 0);
                channels = width;
            }
            if (level < 3) {
                layers.add(new Layer(block + "_upsamplers_0_conv", channels, channels, 3));
            }
        }
    }

    private void addLayer(String block, int index, int inputs, int outputs, boolean attention) {
        addResnet(block + "_resnets_" + index, inputs, outputs);
        if (attention) {
            addTransformer(block + "_attentions_" + index, outputs);
        }
    }

    private void addResnet(String name, int inputs, int outputs) {
        layers.add(new Layer(name + "_conv1", outputs, inputs, 3));
        layers.add(new Layer(name + "_time_emb_proj", outputs, TIME_WIDTH, 0));
        layers.add(new Layer(name + "_conv2", outputs, outputs, 3));
        if (inputs != outputs) {
            layers.add(new Layer(name + "_conv_shortcut", outputs, inputs, 1));
        }
    }

    private void addTransformer(String name, int width) {
        layers.add(new Layer(name + "_proj_in", width, width, 1));
        String block = name + "_transformer_blocks_0_";
        for (String attention : List.of("attn1_", "attn2_")) {
            int context = attention.equals("attn1_") ? width : CONTEXT_WIDTH;
            layers.add(new Layer(block + attention + "to_q", width, width, 0));
            layers.add(new Layer(block + attention + "to_k", width, context, 0));
            layers.add(new Layer(block + attention + "to_v", width, context, 0));
            layers.add(new Layer(block + attention + "to_out_0", width, width, 0));
        }
        layers.add(new Layer(block + "ff_net_0_proj", 8 * width, width, 0));
        layers.add(new Layer(block + "ff_net_2", width, 4 * width, 0));
        layers.add(new Layer(name + "_proj_out", width, width, 1));
    }
}
