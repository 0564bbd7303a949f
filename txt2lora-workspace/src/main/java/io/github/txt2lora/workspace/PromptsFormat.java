package io.github.txt2lora.workspace;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.internal.Count;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A form of files with prompts. */
public enum PromptsFormat {
    /** That of workspaces, in YAML: all that a {@link PromptPair} can say. */
    TXT2LORA,

    /** LECO's, in YAML, whose images are square, and whose LoRA is always trained at the strength 1 and the weight 1. */
    LECO,

    /** That of kohya's sd-scripts for {@code train_leco}, in TOML. */
    KOHYA;

    /** LECO's networks take no other sides than multiples of this. */
    private static final int SIDE_STEP = 64;

    /** The form of a new file, by its extension: kohya's for {@code .toml}, otherwise that of workspaces. */
    public static PromptsFormat of(Path file) {
        return SettingsToml.isToml(file) ? KOHYA : TXT2LORA;
    }

    /** Whether a file is named as one of this form, by its extension. */
    boolean fits(Path file) {
        return SettingsToml.isToml(file) == (this == KOHYA);
    }

    /** The text of a file with these prompts. */
    String text(List<PromptPair> prompts) {
        return switch (this) {
            case TXT2LORA -> PromptsDocument.yaml(prompts);
            case LECO ->
                PromptsDocument.yaml(
                        prompts.stream().map(PromptsFormat::asInLeco).toList());
            case KOHYA ->
                PromptsDocument.toml(
                        prompts.stream().map(PromptsFormat::withoutPictures).toList());
        };
    }

    private static PromptPair asInLeco(PromptPair pair) {
        PromptPair.Builder builder =
                withoutPictures(pair).toBuilder().multiplier(1).weight(1);
        return pair.height() == pair.width()
                ? builder.build()
                : builder.resolution(squareSide(pair)).build();
    }

    /** Without a positive, it is the target that the pictures show. */
    private static PromptPair withoutPictures(PromptPair pair) {
        return pair.toBuilder().pictures(List.of()).pictureWeight(1).build();
    }

    /** The side of square images of about as many pixels. */
    private static int squareSide(PromptPair pair) {
        long steps = Math.round(Math.sqrt((double) pair.height() * pair.width()) / SIDE_STEP);
        return (int) Math.max(1, steps) * SIDE_STEP;
    }

    /**
     * What a pair says that a program which reads this form does not do, a clause for each.
     *
     * @param from the form that the pair was read from
     */
    List<String> losses(PromptPair pair, PromptsFormat from) {
        List<String> losses = new ArrayList<>();
        if (this != TXT2LORA && !pair.pictures().isEmpty()) {
            losses.add(Count.of(pair.pictures().size(), "picture") + " lost: only the words are taught");
        }
        if (this == LECO) {
            if (pair.multiplier() != 1) {
                losses.add("multiplier " + ScalarText.number(pair.multiplier()) + " is lost: LECO trains the LoRA at 1"
                        + (pair.multiplier() < 0 ? ", where the pair is the opposite of what it was" : ""));
            }
            if (pair.weight() != 1) {
                losses.add("weight " + ScalarText.number(pair.weight()) + " is lost: LECO's pairs all count alike");
            }
            if (pair.height() != pair.width()) {
                losses.add("resolution [" + pair.height() + ", " + pair.width() + "] becomes " + squareSide(pair)
                        + ": LECO's images are square");
            }
        }
        if (pair.dynamicResolution() && (this == KOHYA) != (from == KOHYA)) {
            losses.add("dynamic_resolution " + (this == KOHYA ? "draws sides up to" : "draws only sides below")
                    + " the resolution, where it drew " + (this == KOHYA ? "only those below it" : "it too"));
        }
        return losses;
    }
}
