package io.github.txt2lora.lora;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Add-on networks with other factors than a LoRA's two, and extensions of LoRA that change what the factors mean. */
final class OtherNetwork {

    private static final Map<String, Pattern> KINDS = kinds();

    private OtherNetwork() {}

    private static Map<String, Pattern> kinds() {
        Map<String, Pattern> kinds = new LinkedHashMap<>();
        kinds.put("a LoHa (LyCORIS)", Pattern.compile("\\.hada_[wt]"));
        kinds.put("a LoKr (LyCORIS)", Pattern.compile("\\.lokr_[wt]"));
        kinds.put("a LoCon with Tucker decomposition (LyCORIS)", Pattern.compile("\\.lora_mid\\."));
        kinds.put("a DoRA", Pattern.compile("\\.dora_scale$|\\.lora_magnitude_vector"));
        kinds.put("an OFT or BOFT", Pattern.compile("\\.oft_(blocks|diag|R)|\\.(boft|oft)_"));
        kinds.put("an IA3 (LyCORIS)", Pattern.compile("\\.on_input$|\\.ia3_"));
        kinds.put("a GLoRA (LyCORIS)", Pattern.compile("\\.[ab][12]\\.weight$"));
        kinds.put("full weights (LyCORIS)", Pattern.compile("\\.(diff|diff_b|w_norm|b_norm)$"));
        kinds.put(
                "a LoRA of biases or embeddings (PEFT)", Pattern.compile("\\.lora_B\\..*bias$|\\.lora_embedding_[AB]"));
        return kinds;
    }

    /** The kind of network that has a tensor of that key, with its article; empty if it is not known. */
    static Optional<String> kindOf(String key) {
        return KINDS.entrySet().stream()
                .filter(kind -> kind.getValue().matcher(key).find())
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
