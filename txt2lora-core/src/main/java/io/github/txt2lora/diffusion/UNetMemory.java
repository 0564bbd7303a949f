package io.github.txt2lora.diffusion;

import io.github.txt2lora.checkpoint.UNetStructure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The memory of {@code torchscript/unet.py}, by a walk along its operations. Autograd keeps, from the first layer with a
 * LoRA on: inputs of norms, activations and convolutions, what attention was given and gave, both factors of a product,
 * and inputs of linear layers only where they have a LoRA, since the other weights need no gradient.
 */
public final class UNetMemory implements NetworkMemory {

    /** Tokens of a prompt, for keys and values of cross-attention. */
    private static final int TOKENS = 77;

    private final UNetStructure unet;
    private final Map<String, Integer> loraRanks;

    /**
     * The memory of a UNet with a LoRA.
     *
     * @param loraRanks ranks of the LoRA by the names of the layers that have one
     */
    public UNetMemory(UNetStructure unet, Map<String, Integer> loraRanks) {
        this.unet = unet;
        this.loraRanks = Map.copyOf(loraRanks);
    }

    @Override
    public double prediction(int height, int width) {
        return new Walk(height, width, Mode.PREDICTION).peak();
    }

    @Override
    public double gradient(int height, int width, boolean recomputed) {
        return new Walk(height, width, recomputed ? Mode.RECOMPUTED : Mode.GRADIENT).peak();
    }

    @Override
    public double workspace() {
        List<Integer> widths = unet.widths();
        double largest = 2.0 * widths.get(widths.size() - 1);
        return 9 * largest * largest / 2;
    }

    private enum Mode {
        PREDICTION,
        GRADIENT,
        RECOMPUTED
    }

    /** One call: what is kept so far, and the most that there was at one time. */
    private final class Walk {

        private final Mode mode;
        private final Deque<Integer> skips = new ArrayDeque<>();
        private final Deque<Double> skipPlaces = new ArrayDeque<>();
        private double places;
        private double kept;
        private double peak;
        private boolean tracked;

        Walk(int height, int width, Mode mode) {
            this.mode = mode;
            this.places = (double) height * width;
        }

        double peak() {
            List<Integer> widths = unet.widths();
            push(widths.get(0));
            int channels = widths.get(0);
            double[] levelPlaces = new double[widths.size()];
            for (int level = 0; level < widths.size(); level++) {
                levelPlaces[level] = places;
                String block = "down_blocks." + level;
                for (int i = 0; i < unet.layersPerLevel(); i++) {
                    layer(
                            block,
                            i,
                            channels,
                            widths.get(level),
                            unet.transformerDepths().get(level));
                    channels = widths.get(level);
                    push(channels);
                }
                if (level < widths.size() - 1) {
                    places /= 4;
                    lora(block + ".downsamplers.0.conv", places);
                    push(channels);
                }
            }
            layer("mid_block", 0, channels, channels, unet.middleDepth());
            keep(channels * places);
            resnet("mid_block.resnets.1", channels, channels);
            keep(channels * places);
            for (int up = 0; up < widths.size(); up++) {
                int level = widths.size() - 1 - up;
                String block = "up_blocks." + up;
                for (int i = 0; i <= unet.layersPerLevel(); i++) {
                    int joined = channels + pop();
                    keepUnlessRecomputed(joined * places);
                    layer(
                            block,
                            i,
                            joined,
                            widths.get(level),
                            unet.transformerDepths().get(level));
                    channels = widths.get(level);
                    keep(channels * places);
                }
                if (level > 0) {
                    places = levelPlaces[level - 1];
                    keep(channels * places);
                    need(2.0 * channels * places);
                }
            }
            keepUnlessRecomputed(2.0 * channels * places);
            need((mode == Mode.RECOMPUTED ? 4.0 : 2.0) * channels * places);
            return peak;
        }

        /** A tensor that a skip connection holds, whether or not there is a graph. */
        private void push(int channels) {
            skips.push(channels);
            skipPlaces.push(channels * places);
            kept += channels * places;
            need(0);
        }

        private int pop() {
            double numbers = skipPlaces.pop();
            if (!keepsGraph()) {
                kept -= numbers;
            }
            return skips.pop();
        }

        private boolean keepsGraph() {
            return mode != Mode.PREDICTION && tracked;
        }

        private void keep(double numbers) {
            if (keepsGraph()) {
                kept += numbers;
            }
        }

        private void keepUnlessRecomputed(double numbers) {
            if (mode != Mode.RECOMPUTED) {
                keep(numbers);
            }
        }

        private void need(double numbers) {
            peak = Math.max(peak, kept + numbers);
        }

        private boolean hasLora(String layer) {
            return mode != Mode.PREDICTION && loraRanks.containsKey(layer);
        }

        /** From a layer with a LoRA on there is a graph; its down matrix's output is kept for that of up. */
        private boolean lora(String layer, double outputPlaces) {
            if (!hasLora(layer)) {
                return false;
            }
            tracked = true;
            keep(Objects.requireNonNull(loraRanks.get(layer)) * outputPlaces);
            return true;
        }

        private void layer(String block, int i, int inputs, int outputs, int depth) {
            resnet(block + ".resnets." + i, inputs, outputs);
            if (depth > 0) {
                keep(outputs * places);
                transformer(block + ".attentions." + i, outputs, depth);
            }
        }

        private void resnet(String name, int inputs, int outputs) {
            double before = kept;
            if (mode == Mode.RECOMPUTED) {
                keep(inputs * places);
            }
            keep(inputs * places);
            lora(name + ".conv1", places);
            keep(inputs * places);
            lora(name + ".time_emb_proj", 1);
            keep(2.0 * outputs * places);
            lora(name + ".conv2", places);
            lora(name + ".conv_shortcut", places);
            keep(outputs * places);
            need(2.0 * (inputs + outputs) * places);
            forgetAfter(before);
        }

        private void transformer(String name, int width, int depth) {
            double one = width * places;
            boolean isConvolution = !unet.linearProjection();
            double before = kept;
            keepInput(isConvolution, name + ".proj_in", one);
            forgetAfter(before);
            for (int i = 0; i < depth; i++) {
                keep(one);
                before = kept;
                block(name + ".transformer_blocks." + i, one, width);
                forgetAfter(before);
            }
            if (mode == Mode.RECOMPUTED) {
                keep(one);
            } else {
                keepInput(isConvolution, name + ".proj_out", one);
            }
        }

        private void keepInput(boolean isConvolution, String name, double numbers) {
            if (lora(name, places) || isConvolution) {
                keep(numbers);
            }
        }

        private void block(String name, double one, int width) {
            attention(name + ".attn1", one, 2 * one);
            keep(one);
            attention(name + ".attn2", one, 2.0 * width * TOKENS);
            keep(one);
            keepInput(false, name + ".ff.net.0.proj", one);
            keep(12 * one);
            keepInput(false, name + ".ff.net.2", 4 * one);
            need((keepsGraph() ? 13 : 18) * one);
        }

        private void attention(String name, double one, double keysAndValues) {
            boolean isOfImage = keysAndValues == 2 * one;
            double keyPlaces = isOfImage ? places : TOKENS;
            boolean ofQueries = lora(name + ".to_q", places);
            boolean ofKeys = lora(name + ".to_k", keyPlaces);
            boolean ofValues = lora(name + ".to_v", keyPlaces);
            if (ofQueries || (isOfImage && (ofKeys || ofValues))) {
                keep(one);
            }
            keep(2 * one + keysAndValues);
            lora(name + ".to_out.0", places);
        }

        /** What a block keeps within is there again while it is recomputed, but not later. */
        private void forgetAfter(double before) {
            if (mode == Mode.RECOMPUTED) {
                kept = before;
            }
        }
    }
}
