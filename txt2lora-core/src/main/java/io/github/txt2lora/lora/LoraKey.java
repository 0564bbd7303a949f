package io.github.txt2lora.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A tensor's key in a LoRA file.
 *
 * @param module the part that all tensors of a module share
 * @param role the tensor's role
 */
record LoraKey(String module, Role role) {

    /** The tensors of a module. */
    enum Role {
        DOWN,
        UP,
        ALPHA
    }

    private static final Map<String, Role> ENDINGS = endings();

    /** PEFT puts the adapter's name before the last part where it saves a whole state. */
    private static final Pattern NAMED_ADAPTER = Pattern.compile("(.+\\.lora_[AB])\\.[^.]++(\\.weight)");

    /** In the order in which they are tried: a longer ending before one that it ends with. */
    private static Map<String, Role> endings() {
        Map<String, Role> endings = new LinkedHashMap<>();
        endings.put(".alpha", Role.ALPHA);
        // kohya, LECO
        endings.put(".lora_down.weight", Role.DOWN);
        endings.put(".lora_up.weight", Role.UP);
        // PEFT, as saved by diffusers and by PEFT itself
        endings.put(".lora_A.weight", Role.DOWN);
        endings.put(".lora_B.weight", Role.UP);
        // diffusers before PEFT
        endings.put(".lora_linear_layer.down.weight", Role.DOWN);
        endings.put(".lora_linear_layer.up.weight", Role.UP);
        endings.put(".lora.down.weight", Role.DOWN);
        endings.put(".lora.up.weight", Role.UP);
        // diffusers' attention processors
        endings.put("_lora.down.weight", Role.DOWN);
        endings.put("_lora.up.weight", Role.UP);
        return endings;
    }

    /** Reads a key; empty if it is none of a LoRA. */
    static Optional<LoraKey> parse(String key) {
        String plain = NAMED_ADAPTER.matcher(key).replaceFirst("$1$2");
        for (Map.Entry<String, Role> ending : ENDINGS.entrySet()) {
            if (plain.endsWith(ending.getKey())) {
                String module =
                        plain.substring(0, plain.length() - ending.getKey().length());
                return module.isEmpty() ? Optional.empty() : Optional.of(new LoraKey(module, ending.getValue()));
            }
        }
        return Optional.empty();
    }
}
