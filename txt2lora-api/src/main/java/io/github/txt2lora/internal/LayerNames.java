package io.github.txt2lora.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name of a layer, or of a block for all layers in it, as a user gives it: dotted as in diffusers, underscored as in
 * kohya's files, or one of kohya's block codes.
 *
 * @param prefixes names that a layer has or begins with, with underscores for dots
 */
public record LayerNames(List<String> prefixes) {

    private static final Pattern NAME = Pattern.compile("[\\w.-]{1,200}");

    private static final String KOHYA_PREFIX = "lora_unet_";

    private static final Pattern CODE = Pattern.compile("(IN|OUT|M)(\\d{2})|MID");

    /** Two residual blocks with their transformers, and what changes the resolution. */
    private static final int CODES_PER_LEVEL = 3;

    private static final int SIDE = 12;
    private static final int SDXL_SIDE = 9;

    private static final List<String> MIDDLE = List.of("resnets_0", "attentions_0", "resnets_1");

    /** Copies the names. */
    public LayerNames {
        prefixes = List.copyOf(prefixes);
    }

    /** Whether a text can be a name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** What a name means. */
    public static LayerNames of(String name) {
        Matcher code = CODE.matcher(name);
        if (code.matches()) {
            return new LayerNames(ofCode(code));
        }
        String underscored = name.replace('.', '_');
        return new LayerNames(List.of(
                underscored.startsWith(KOHYA_PREFIX) ? underscored.substring(KOHYA_PREFIX.length()) : underscored));
    }

    /** In Stable Diffusion's own numbering, in which the first input block is the convolution before all levels. */
    private static List<String> ofCode(Matcher code) {
        if (code.group(1) == null) {
            return List.of("mid_block");
        }
        int number = Integer.parseInt(code.group(2));
        return switch (code.group(1)) {
            case "IN" -> number == 0 ? List.of("conv_in") : ofLevel("down_blocks_", number - 1, "downsamplers");
            case "OUT" -> ofLevel("up_blocks_", number, "resnets_2", "attentions_2", "upsamplers");
            default -> number < MIDDLE.size() ? List.of("mid_block_" + MIDDLE.get(number)) : List.of();
        };
    }

    private static List<String> ofLevel(String blocks, int index, String... last) {
        String level = blocks + index / CODES_PER_LEVEL + "_";
        int place = index % CODES_PER_LEVEL;
        List<String> parts =
                place == CODES_PER_LEVEL - 1 ? List.of(last) : List.of("resnets_" + place, "attentions_" + place);
        return parts.stream().map(level::concat).toList();
    }

    /** Whether a layer has the name, or is in a block that has. */
    public boolean contain(String layer) {
        String underscored = layer.replace('.', '_');
        return prefixes.stream()
                .anyMatch(prefix -> underscored.startsWith(prefix)
                        && (underscored.length() == prefix.length() || layer.charAt(prefix.length()) == '.'));
    }

    /**
     * The blocks in the order of kohya's lists of ranks, by names that {@link #of} takes.
     *
     * @param isSdxl whether they are the 23 of SDXL, instead of the 25 of Stable Diffusion 1.x and 2.x
     */
    public static List<String> blocks(boolean isSdxl) {
        List<String> blocks = new ArrayList<>();
        if (isSdxl) {
            blocks.add("time_embedding");
            addCodes(blocks, "IN", SDXL_SIDE);
            addCodes(blocks, "M", MIDDLE.size());
            addCodes(blocks, "OUT", SDXL_SIDE);
            blocks.add("conv_out");
        } else {
            addCodes(blocks, "IN", SIDE);
            blocks.add("MID");
            addCodes(blocks, "OUT", SIDE);
        }
        return List.copyOf(blocks);
    }

    private static void addCodes(List<String> blocks, String side, int count) {
        for (int i = 0; i < count; i++) {
            blocks.add(String.format(Locale.ROOT, "%s%02d", side, i));
        }
    }
}
