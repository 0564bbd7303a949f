package io.github.txt2lora.lora;

import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the dots again of a diffusers module path in which kohya's naming has replaced them by underscores. */
final class UnderscoredPath {

    /** The parts of such paths that contain underscores themselves, then any other part. */
    private static final Pattern PART = Pattern.compile("(down_blocks|up_blocks|mid_block|transformer_blocks"
            + "|to_q|to_k|to_v|to_out|proj_in|proj_out|time_emb_proj|conv_shortcut|conv_in|conv_out"
            + "|time_embedding|add_embedding|linear_1|linear_2"
            + "|text_model|self_attn|q_proj|k_proj|v_proj|out_proj|text_projection|[^_]+)(?:_|$)");

    private UnderscoredPath() {}

    /** For example {@code mid_block.attentions.0.proj_in} of {@code mid_block_attentions_0_proj_in}. */
    static String dotted(String path) {
        var dotted = new StringJoiner(".");
        Matcher part = PART.matcher(path);
        int end = 0;
        while (part.find() && part.start() == end) {
            dotted.add(part.group(1));
            end = part.end();
        }
        return end == path.length() ? dotted.toString() : path;
    }
}
