package io.github.txt2lora.lora;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names that kohya's trainer gives to the modules of SDXL's UNet: those of the single file, where blocks are
 * numbered through over all levels. Every Stable Diffusion model has two layers in a level, so {@code input_blocks}
 * holds conv_in, then two layers and a downsampler for each level, and {@code output_blocks} three layers.
 */
final class SdxlBlockNames {

    private static final int INPUTS_PER_LEVEL = 3;
    private static final int OUTPUTS_PER_LEVEL = 3;

    private static final Pattern INPUT = Pattern.compile("input_blocks_(\\d{1,4})_([01])_(.+)");
    private static final Pattern MIDDLE = Pattern.compile("middle_block_([012])_(.+)");
    private static final Pattern OUTPUT = Pattern.compile("output_blocks_(\\d{1,4})_([012])_(.+)");

    private static final Map<String, String> IN_RESNET = Map.of(
            "in_layers_2", "conv1",
            "emb_layers_1", "time_emb_proj",
            "out_layers_3", "conv2",
            "skip_connection", "conv_shortcut");

    private SdxlBlockNames() {}

    /** The diffusers path, with underscores, of a path in either naming; others come back as they are. */
    static String toDiffusers(String path) {
        Matcher input = INPUT.matcher(path);
        if (input.matches()) {
            int block = Integer.parseInt(input.group(1)) - 1;
            String level = "down_blocks_" + Math.floorDiv(block, INPUTS_PER_LEVEL);
            return input.group(3).equals("op")
                    ? level + "_downsamplers_0_conv"
                    : level + item(input.group(2), Math.floorMod(block, INPUTS_PER_LEVEL), input.group(3));
        }
        Matcher middle = MIDDLE.matcher(path);
        if (middle.matches()) {
            String number = middle.group(1);
            boolean attention = number.equals("1");
            return "mid_block" + item(attention ? "1" : "0", number.equals("2") ? 1 : 0, middle.group(2));
        }
        Matcher output = OUTPUT.matcher(path);
        if (output.matches()) {
            int block = Integer.parseInt(output.group(1));
            String level = "up_blocks_" + block / OUTPUTS_PER_LEVEL;
            return output.group(3).equals("conv")
                    ? level + "_upsamplers_0_conv"
                    : level + item(output.group(2), block % OUTPUTS_PER_LEVEL, output.group(3));
        }
        return path;
    }

    /** In a block, item 0 is the resnet and item 1 the attention. */
    private static String item(String item, int index, String rest) {
        return item.equals("0")
                ? "_resnets_" + index + "_" + IN_RESNET.getOrDefault(rest, rest)
                : "_attentions_" + index + "_" + rest;
    }
}
