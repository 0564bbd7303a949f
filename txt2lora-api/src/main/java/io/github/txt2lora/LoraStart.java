package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.nio.file.Path;

/** The weights of a LoRA before the first iteration. */
public sealed interface LoraStart permits LoraStart.New, LoraStart.FromLora {

    /** No effect: {@code up} is zero and {@code down} random, as in LECO and kohya. */
    LoraStart ZERO = New.ZERO;

    /**
     * A closed-form edit of the keys and values of cross-attention (Gandikota et al., "Unified Concept Editing in
     * Diffusion Models", arXiv 2308.14761). It maps the target's embeddings to the outputs of the positive prompt's and
     * preserves other prompts, as far as the rank allows. It needs no evaluation of the UNet, so a training may have 0
     * iterations. Prompts of common words represent everything else to preserve. They leave the edit little room, so
     * use it as a start rather than as the whole training. A LoRA without keys and values of cross-attention starts as
     * {@link #ZERO}, with a warning.
     */
    LoraStart CLOSED_FORM = New.CLOSED_FORM;

    /**
     * The LoRA of a file, in the naming of kohya, diffusers or PEFT, for the same family of models; see {@link FromLora}.
     *
     * @throws InvalidSettingException if the path has control characters
     */
    static LoraStart from(Path file) {
        return new FromLora(file);
    }

    /** A start without a file; the constants of {@link LoraStart} tell what they are. */
    enum New implements LoraStart {
        /** {@link LoraStart#ZERO}. */
        ZERO,
        /** {@link LoraStart#CLOSED_FORM}. */
        CLOSED_FORM
    }

    /**
     * The effect of a LoRA that is trained already, with the rank and alpha of the training. A smaller rank than the
     * file's keeps the best approximation, and a warning tells how much that is; a larger one changes nothing. Layers that
     * only one of file and training has are told in warnings: those of the file are lost, those of the training start
     * at zero. {@link LoraTarget#AUTO} adds the layers of the file to its own. A training may have 0 iterations. Its
     * identity depends on the content of the file, not on its place. The LoRA's metadata tell name and hash of the file.
     *
     * @param file the LoRA, which the training must not write itself
     */
    record FromLora(Path file) implements LoraStart {

        /** Checks the path. */
        public FromLora {
            Check.path("start", file);
        }
    }
}
