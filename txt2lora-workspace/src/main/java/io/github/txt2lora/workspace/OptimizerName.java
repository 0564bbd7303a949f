package io.github.txt2lora.workspace;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of an optimizer as users' files write it.
 *
 * @param known the name in small letters, if there is such an optimizer here
 * @param note note for the user if it stands for another one; empty for nothing
 * @param hint the nearest name for one that is not there; empty for no idea
 */
record OptimizerName(Optional<String> known, String note, String hint) {

    /** Bitsandbytes' variants, which keep the optimizer's numbers in another format or place. */
    private static final Pattern VARIANT = Pattern.compile("(?:paged)?(adamw|adam|lion|sgd)(?:8bit|32bit)?");

    /**
     * Reads a name; case, hyphens, underscores and spaces make no difference.
     *
     * @param here the names of the optimizers that there are, in small letters
     */
    static OptimizerName of(String text, Set<String> here) {
        String name = text.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
        if (here.contains(name)) {
            return new OptimizerName(Optional.of(name), "", "");
        }
        Matcher variant = VARIANT.matcher(name);
        if (variant.matches()) {
            return new OptimizerName(
                    Optional.of(variant.group(1)),
                    "trained with the same optimizer in 32 bits, which takes little memory for a LoRA",
                    "");
        }
        return new OptimizerName(Optional.empty(), "", hint(name));
    }

    private static String hint(String name) {
        if (name.startsWith("dadapt") || name.startsWith("prodigy")) {
            return "; Prodigy, with learning rate 1, comes nearest: it finds its step size too";
        } else if (name.startsWith("sgdnesterov")) {
            return "; SGD with optimizer_args 'nesterov=True momentum=0.9' is the same";
        } else if (name.contains("lion")) {
            return "; Lion comes nearest";
        }
        return "; AdamW comes nearest to most others";
    }
}
