package io.github.txt2lora.engine;

import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.TextToImage;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.quality.QualityMeter;
import io.github.txt2lora.text.ClipPromptEncoder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The engine's current activity, told by the innermost of these classes, or methods of theirs, on the stack. */
enum Phase {
    LOADING_TEXT_ENCODER("io.github.txt2lora.text.ClipTextEncoder", "load"),
    ENCODING_TEXT(ClipPromptEncoder.class.getName(), null),
    CHECKING_WEIGHTS(Checkpoint.class.getName(), null),
    LOADING_UNET(UNet.class.getName(), "load"),
    LOADING_VAE(Vae.class.getName(), "load"),
    HASHING_MODEL(Sha256.class.getName(), null),
    ROLLOUT(GuidedDenoiser.class.getName(), null),
    STEP(TrainerGroup.class.getName(), null),
    MEASURING(QualityMeter.class.getName(), null),
    DECODING(TextToImage.class.getName(), null);

    private final String className;
    private final @Nullable String method;

    /**
     * A phase.
     *
     * @param method null for any of the class
     */
    Phase(String className, @Nullable String method) {
        this.className = className;
        this.method = method;
    }

    /** The phase of the calling thread; empty between phases. */
    static Optional<Phase> current() {
        return StackWalker.getInstance()
                .walk(frames -> frames.flatMap(frame -> Arrays.stream(values()).filter(phase -> phase.isIn(frame)))
                        .findFirst());
    }

    private boolean isIn(StackWalker.StackFrame frame) {
        return className.equals(frame.getClassName()) && (method == null || method.equals(frame.getMethodName()));
    }
}
