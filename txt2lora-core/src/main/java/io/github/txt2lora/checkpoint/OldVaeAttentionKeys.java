package io.github.txt2lora.checkpoint;

import java.util.Map;

/** VAE keys of diffusers before version 0.17, which called the attention's matrices query, key, value, proj_attn. */
final class OldVaeAttentionKeys implements KeyMap {
    /** A key by which such a file is told. */
    static final String TELLING_KEY = "encoder.mid_block.attentions.0.query.weight";

    private static final Map<String, String> OLD_NAMES =
            Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");

    @Override
    public KeySource source(String diffusersName) {
        for (Map.Entry<String, String> pair : OLD_NAMES.entrySet()) {
            String module = ".mid_block.attentions.0." + pair.getKey() + ".";
            if (diffusersName.contains(module)) {
                String old = diffusersName.replace(module, ".mid_block.attentions.0." + pair.getValue() + ".");
                boolean matrix = diffusersName.endsWith(".weight");
                return new KeySource(old, matrix ? Conversion.CONV1X1_TO_LINEAR : Conversion.COPY);
            }
        }
        return KeySource.copy(diffusersName);
    }
}
