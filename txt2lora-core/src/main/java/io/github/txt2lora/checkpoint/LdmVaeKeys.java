package io.github.txt2lora.checkpoint;

import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * VAE keys of single files, as in the latent-diffusion sources. The levels of the decoder are numbered from the finest,
 * against the order in which they run, and the attention's matrices are 1x1 convolutions.
 */
final class LdmVaeKeys implements KeyMap {
    private static final Pattern BLOCK = Pattern.compile(
            "(encoder|decoder)\\.(down|up)_blocks\\.(\\d{1,4})\\.(resnets|downsamplers|upsamplers)\\.(\\d{1,4})\\.(.+)");
    private static final Pattern MIDDLE_RESNET =
            Pattern.compile("(encoder|decoder)\\.mid_block\\.resnets\\.(\\d{1,4})\\.(.+)");
    private static final Pattern MIDDLE_ATTENTION =
            Pattern.compile("(encoder|decoder)\\.mid_block\\.attentions\\.0\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> IN_ATTENTION =
            Map.of("group_norm", "norm", "to_q", "q", "to_k", "k", "to_v", "v", "to_out.0", "proj_out");

    private final int levels;

    /**
     * Reads the number of levels off a file.
     *
     * @param keys the keys of the VAE without its prefix
     */
    LdmVaeKeys(Set<String> keys) {
        int count = 0;
        while (keys.contains("encoder.down.%d.block.0.conv1.weight".formatted(count))
                || keys.contains("encoder.down.%d.block.0.conv2.weight".formatted(count))) {
            count++;
        }
        this.levels = count;
    }

    @Override
    public KeySource source(String diffusersName) {
        Matcher block = BLOCK.matcher(diffusersName);
        if (block.matches()) {
            int level = Integer.parseInt(block.group(3));
            boolean down = block.group(2).equals("down");
            String place = block.group(1) + (down ? ".down." + level : ".up." + (levels - 1 - level));
            String item = switch (block.group(4)) {
                case "downsamplers" -> ".downsample.";
                case "upsamplers" -> ".upsample.";
                default -> ".block." + block.group(5) + ".";
            };
            return KeySource.copy(place + item + block.group(6).replace("conv_shortcut", "nin_shortcut"));
        }
        Matcher resnet = MIDDLE_RESNET.matcher(diffusersName);
        if (resnet.matches()) {
            int number = Integer.parseInt(resnet.group(2)) + 1;
            return KeySource.copy(resnet.group(1) + ".mid.block_" + number + "." + resnet.group(3));
        }
        Matcher attention = MIDDLE_ATTENTION.matcher(diffusersName);
        if (attention.matches()) {
            return attention(attention.group(1), attention.group(2), attention.group(3));
        }
        return KeySource.copy(diffusersName.replace("conv_norm_out", "norm_out"));
    }

    private static KeySource attention(String half, String module, String parameter) {
        boolean matrix = module.startsWith("to_") && parameter.equals("weight");
        return new KeySource(
                half + ".mid.attn_1." + IN_ATTENTION.getOrDefault(module, module) + "." + parameter,
                matrix ? Conversion.CONV1X1_TO_LINEAR : Conversion.COPY);
    }
}
