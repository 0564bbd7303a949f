package io.github.txt2lora.checkpoint;

import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * UNet keys of single files, as in the latent-diffusion sources: blocks are numbered through, over all levels.
 *
 * <p>With n layers in a level, {@code input_blocks} holds conv_in, then for each level n layers and a downsampler (the
 * last level has none), and {@code output_blocks} n + 1 layers for each level, the last of which carries the upsampler.
 * In a block, item 0 is the resnet or downsampler, item 1 the attention, and the upsampler comes after these.
 */
final class LdmUnetKeys implements KeyMap {
    private static final Pattern BLOCK = Pattern.compile(
            "(down|up)_blocks\\.(\\d{1,4})\\.(resnets|attentions|downsamplers|upsamplers)\\.(\\d{1,4})\\.(.+)");
    private static final Pattern MIDDLE = Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d{1,4})\\.(.+)");

    private static final Map<String, String> OUTSIDE_BLOCKS = Map.of(
            "conv_in", "input_blocks.0.0",
            "time_embedding.linear_1", "time_embed.0",
            "time_embedding.linear_2", "time_embed.2",
            "add_embedding.linear_1", "label_emb.0.0",
            "add_embedding.linear_2", "label_emb.0.2",
            "conv_norm_out", "out.0",
            "conv_out", "out.2");

    private static final Map<String, String> IN_RESNET = Map.of(
            "norm1", "in_layers.0",
            "conv1", "in_layers.2",
            "time_emb_proj", "emb_layers.1",
            "norm2", "out_layers.0",
            "conv2", "out_layers.3",
            "conv_shortcut", "skip_connection");

    private final Predicate<String> keys;
    private final int layers;

    /**
     * Reads the numbering off a file.
     *
     * @param keys tells the keys of the UNet without its prefix
     */
    LdmUnetKeys(Predicate<String> keys) {
        this.keys = keys;
        this.layers = layersPerLevel(keys);
    }

    private static int layersPerLevel(Predicate<String> keys) {
        int block = 1;
        while (hasModule(keys, "input_blocks.%d.0.in_layers.2".formatted(block))
                || hasModule(keys, "input_blocks.%d.0.out_layers.3".formatted(block))) {
            block++;
        }
        return Math.max(1, block - 1);
    }

    private static boolean hasModule(Predicate<String> keys, String module) {
        return keys.test(module + ".weight") || keys.test(module + ".bias");
    }

    @Override
    public KeySource source(String diffusersName) {
        Matcher block = BLOCK.matcher(diffusersName);
        if (block.matches()) {
            int level = Integer.parseInt(block.group(2));
            int index = Integer.parseInt(block.group(4));
            String place =
                    block.group(1).equals("down") ? inputBlock(level, index, block) : outputBlock(level, index, block);
            return KeySource.copy(place);
        }
        Matcher middle = MIDDLE.matcher(diffusersName);
        if (middle.matches()) {
            boolean resnet = middle.group(1).equals("resnets");
            int item = resnet ? 2 * Integer.parseInt(middle.group(2)) : 1;
            return KeySource.copy("middle_block." + item + "." + inModule(resnet, middle.group(3)));
        }
        return KeySource.copy(renamed(OUTSIDE_BLOCKS, diffusersName));
    }

    private String inputBlock(int level, int index, Matcher name) {
        int first = level * (layers + 1) + 1;
        return switch (name.group(3)) {
            case "downsamplers" ->
                "input_blocks." + (first + layers) + ".0." + name.group(5).replaceFirst("^conv\\.", "op.");
            case "resnets" -> "input_blocks." + (first + index) + ".0." + inModule(true, name.group(5));
            default -> "input_blocks." + (first + index) + ".1." + inModule(false, name.group(5));
        };
    }

    private String outputBlock(int level, int index, Matcher name) {
        int first = level * (layers + 1);
        if (name.group(3).equals("upsamplers")) {
            String block = "output_blocks." + (first + layers);
            int item = hasModule(keys, block + ".1.conv") ? 1 : 2;
            return block + "." + item + "." + name.group(5);
        }
        boolean resnet = name.group(3).equals("resnets");
        return "output_blocks." + (first + index) + (resnet ? ".0." : ".1.") + inModule(resnet, name.group(5));
    }

    private static String inModule(boolean resnet, String name) {
        return resnet ? renamed(IN_RESNET, name) : name;
    }

    private static String renamed(Map<String, String> modules, String name) {
        int dot = name.lastIndexOf('.');
        String module = name.substring(0, Math.max(0, dot));
        return modules.getOrDefault(module, module) + name.substring(Math.max(0, dot));
    }
}
