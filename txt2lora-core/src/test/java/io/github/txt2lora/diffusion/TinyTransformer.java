package io.github.txt2lora.diffusion;

import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.Torch;

/** The denoiser of {@link io.github.txt2lora.checkpoint.TinyFlow} ({@code torchscript/tiny_transformer.py}). */
public final class TinyTransformer extends ScriptedDenoiser {

    private static final ScriptClass SCRIPT = new ScriptClass("tiny_transformer", "TinyTransformer");
    private static final int HEADS = 4;

    private TinyTransformer(Torch torch, Checkpoint checkpoint, Precision precision) {
        super(torch, SCRIPT, checkpoint, precision, new ScriptAttribute.OfInt("heads", HEADS));
    }

    public static TinyTransformer load(Torch torch, Checkpoint checkpoint, Precision precision) {
        return new TinyTransformer(torch, checkpoint, precision);
    }

    /** Prompts and images share their attention. */
    @Override
    public boolean isPromptProjection(String layer) {
        return false;
    }
}
