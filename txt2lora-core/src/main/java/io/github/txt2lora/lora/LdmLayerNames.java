package io.github.txt2lora.lora;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of a UNet's layers in single files, where blocks are numbered through over all levels; kohya's trainer uses
 * them for SDXL, web UIs and ComfyUI read them for every model. Every Stable Diffusion model has two layers in a level,
 * so {@code input_blocks} holds conv_in, then two layers and a downsampler for each level, and {@code output_blocks}
 * three layers.
 */
final class LdmLayerNames {

    private static final int INPUTS_PER_LEVEL = 3;
    private static final int OUTPUTS_PER_LEVEL = 3;

    private static final Pattern INPUT = Pattern.compile("input_blocks_(\\d{1,4})_([01])_(.+)");
    private static final Pattern MIDDLE = Pattern.compile("middle_block_([012])_(.+)");
    private static final Pattern OUTPUT = Pattern.compile("output_blocks_(\\d{1,4})_([012])_(.+)");

    private static final Map<String, String> OUTSIDE_BLOCKS = Map.of(
            "input_blocks_0_0", "conv_in",
            "time_embed_0", "time_embedding_linear_1",
            "time_embed_2", "time_embedding_linear_2",
            "label_emb_0_0", "add_embedding_linear_1",
            "label_emb_0_2", "add_embedding_linear_2",
            "out_2", "conv_out");

    /** The prefixes of the names, with dots. */
    private static final List<String> ROOTS =
            List.of("input_blocks.", "middle_block.", "output_blocks.", "time_embed.", "label_emb.", "out.");

    private static final Map<String, String> IN_RESNET = Map.of(
            "in_layers_2", "conv1",
            "emb_layers_1", "time_emb_proj",
            "out_layers_3", "conv2",
            "skip_connection", "conv_shortcut");

    private LdmLayerNames() {}

    /** Whether a path with dots begins as in a single file. */
    static boolean isPath(String dotted) {
        return ROOTS.stream().anyMatch(dotted::startsWith);
    }

    /** The diffusers path, with underscores, of a path in either naming; others come back as they are. */
    static String toDiffusers(String path) {
        Matcher input = INPUT.matcher(path);
        if (input.matches()) {
            int block = Integer.parseInt(input.group(1)) - 1;
            int index = Math.floorMod(block, INPUTS_PER_LEVEL);
            String level = "down_blocks_" + Math.floorDiv(block, INPUTS_PER_LEVEL);
            if (index < INPUTS_PER_LEVEL - 1) {
                return level + item(input.group(2), index, input.group(3));
            }
            return input.group(2).equals("0") && input.group(3).equals("op") ? level + "_downsamplers_0_conv" : path;
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
            int index = block % OUTPUTS_PER_LEVEL;
            String level = "up_blocks_" + block / OUTPUTS_PER_LEVEL;
            boolean upsampler = index == OUTPUTS_PER_LEVEL - 1
                    && !output.group(2).equals("0")
                    && output.group(3).equals("conv");
            return upsampler ? level + "_upsamplers_0_conv" : level + item(output.group(2), index, output.group(3));
        }
        return OUTSIDE_BLOCKS.getOrDefault(path, path);
    }

    /** In a block, item 0 is the resnet and item 1 the attention. */
    private static String item(String item, int index, String rest) {
        return item.equals("0")
                ? "_resnets_" + index + "_" + IN_RESNET.getOrDefault(rest, rest)
                : "_attentions_" + index + "_" + rest;
    }
}
