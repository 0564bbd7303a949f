package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.LayerNames;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The layers that get a LoRA, among those of the {@link LoraType}: a regular expression that is looked for in each layer's
 * name, such as {@code mid_block.attentions.0.transformer_blocks.0.attn2.to_k}, or a list of names.
 *
 * <p>The names of the constants are those of LECO's training methods. LECO's published code filters by the names of whole
 * transformers, which never contain {@code attn1} or {@code attn2}: {@code selfattn} and {@code xattn} select nothing and
 * fail, {@code noxattn} and {@code innoxattn} equal {@code full}. Here each name selects the layers listed below.
 */
public final class LoraTarget {

    /**
     * Cross-attention, as {@link #XATTN}; all layers of models without cross-attention, and with {@link LoraType#C3LIER},
     * which asks for convolutions.
     */
    public static final LoraTarget AUTO = new LoraTarget("AUTO", "\\.attn2\\.");

    /** All layers. */
    public static final LoraTarget FULL = new LoraTarget("FULL", "");

    /** Only self-attention ({@code attn1}). */
    public static final LoraTarget SELFATTN = new LoraTarget("SELFATTN", "\\.attn1\\.");

    /** Only cross-attention ({@code attn2}), which conditions the image on the prompt. */
    public static final LoraTarget XATTN = new LoraTarget("XATTN", "\\.attn2\\.");

    /**
     * All layers except cross-attention ({@code attn2}) and the projection of the timestep ({@code time_emb_proj}).
     */
    public static final LoraTarget NOXATTN = new LoraTarget("NOXATTN", "^(?!.*(\\.attn2\\.|\\.time_emb_proj$))");

    /** All layers except cross-attention ({@code attn2}), as in the code of ESD, the source of LECO's name. */
    public static final LoraTarget INNOXATTN = new LoraTarget("INNOXATTN", "^(?!.*\\.attn2\\.)");

    /** However deeply it is nested, so long a regular expression leaves a small stack of room. */
    private static final int LONGEST_REGEX = 1000;

    private static final int MOST_NAMES = 2000;

    private static final List<LoraTarget> NAMED = List.of(AUTO, FULL, SELFATTN, XATTN, NOXATTN, INNOXATTN);

    private final String name;
    private final Predicate<String> layers;
    private final List<String> names;

    private LoraTarget(String name, String regex) {
        this.name = name;
        Pattern pattern = Pattern.compile(regex);
        this.layers = layer -> finds(pattern, layer);
        this.names = List.of();
    }

    private LoraTarget(List<String> names) {
        this.name = "names(" + String.join(", ", names) + ")";
        List<LayerNames> parts = names.stream().map(LayerNames::of).toList();
        this.layers = layer -> parts.stream().anyMatch(part -> part.contain(layer));
        this.names = names;
    }

    /**
     * The layers whose names contain a match, for example {@code attn2\.to_[kv]$} for keys and values of cross-attention.
     *
     * @param regex a regular expression of {@link Pattern}, not blank, at most 1000 characters
     * @throws InvalidSettingException if it is none; a training also throws it where no layer matches
     */
    public static LoraTarget layers(String regex) {
        if (Check.given("target", regex).isBlank() || regex.length() > LONGEST_REGEX) {
            throw InvalidSettingException.of(
                    "target",
                    regex,
                    "a regular expression of at most " + LONGEST_REGEX + " characters, such as attn2|ff");
        }
        try {
            return new LoraTarget("layers(" + regex + ")", regex);
        } catch (PatternSyntaxException e) {
            throw InvalidSettingException.of(
                    "target",
                    regex,
                    "a regular expression such as attn2|ff (" + e.getDescription() + " at " + e.getIndex() + ")");
        }
    }

    /** As {@link #names(List)}. */
    public static LoraTarget names(String first, String... more) {
        return names(Stream.concat(Stream.of(Check.given("target", first)), Stream.of(more))
                .toList());
    }

    /**
     * The layers with these names, and all layers of the blocks with these names. A name is dotted as in diffusers
     * ({@code mid_block}, {@code up_blocks.1.attentions.2}), underscored as in kohya's files
     * ({@code lora_unet_mid_block_attentions_0_proj_in}), or one of the block codes that kohya's users know from block
     * weights: {@code IN00} to {@code IN11}, {@code MID} or its parts {@code M00} to {@code M02}, and {@code OUT00} to
     * {@code OUT11}; of SDXL up to {@code IN08} and {@code OUT08}.
     *
     * @param names at least one, at most 2000, of letters, digits, {@code .}, {@code _} and {@code -}
     * @throws InvalidSettingException if there is none, or one cannot be a name; a training also throws it where the
     *     model has no layer of one of the names
     */
    public static LoraTarget names(List<String> names) {
        if (Check.given("target", names).isEmpty() || names.size() > MOST_NAMES) {
            throw InvalidSettingException.of(
                    "target", names.size() + " names", "1 to " + MOST_NAMES + " names of layers or blocks");
        }
        for (String name : names) {
            if (!LayerNames.isName(Check.given("target", name))) {
                throw InvalidSettingException.of(
                        "target",
                        name,
                        "the name of a layer or block, such as mid_block or OUT03; for a regular expression,"
                                + " layers(REGEX)");
            }
        }
        return new LoraTarget(List.copyOf(names));
    }

    /** The constants. */
    public static List<LoraTarget> named() {
        return NAMED;
    }

    /**
     * The constant's name, for example {@code XATTN}; for others, {@code layers(} and the regular expression {@code )}, or
     * {@code names(} and the names after commas {@code )}.
     */
    public String name() {
        return name;
    }

    /**
     * Whether a layer of this name gets a LoRA.
     *
     * @throws InvalidSettingException if the regular expression backtracks for too long, as {@code (([a-z]+)*)*!} does
     */
    public boolean matches(String layer) {
        return layers.test(layer);
    }

    /** A target for each of its names, of which every one is to match some layer; itself, if it is no list of names. */
    public List<LoraTarget> parts() {
        return names.isEmpty()
                ? List.of(this)
                : names.stream().map(part -> new LoraTarget(List.of(part))).toList();
    }

    private boolean finds(Pattern pattern, String layer) {
        return pattern.matcher(new CountedReads(layer)).find();
    }

    /** A name that ends the search of a regular expression which reads it over and over. */
    private final class CountedReads implements CharSequence {

        /** Far more than a usual expression reads in a name, and read in a blink. */
        private static final int MOST = 1_000_000;

        private final String text;
        private int reads;

        CountedReads(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++reads > MOST) {
                throw InvalidSettingException.of(
                        "target",
                        name,
                        "a regular expression without nested repetitions, since this one reads the layer name " + text
                                + " more than " + MOST + " times");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LoraTarget target && name.equals(target.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** The {@link #name()}. */
    @Override
    public String toString() {
        return name;
    }
}
