package io.github.txt2lora.engine;

import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.TextToImage;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.quality.QualityMeter;
import io.github.txt2lora.text.PromptEncoder;
import java.util.Arrays;
import java.util.Optional;

/** What an engine is busy with, told by the innermost of these classes on the stack. */
enum Phase {
    LOADING_TEXT_ENCODER("io.github.txt2lora.text.ClipTextEncoder"),
    ENCODING_TEXT(PromptEncoder.class.getName()),
    CHECKING_WEIGHTS(Checkpoint.class.getName()),
    LOADING_UNET(UNet.class.getName()),
    LOADING_VAE(Vae.class.getName()),
    HASHING_MODEL(Sha256.class.getName()),
    ROLLOUT(GuidedDenoiser.class.getName()),
    STEP(LecoTrainer.class.getName()),
    MEASURING(QualityMeter.class.getName()),
    DECODING(TextToImage.class.getName());

    private final String className;

    Phase(String className) {
        this.className = className;
    }

    /** The phase of the calling thread; empty between phases. */
    static Optional<Phase> current() {
        return StackWalker.getInstance()
                .walk(frames -> frames.flatMap(frame ->
                                Arrays.stream(values()).filter(phase -> phase.className.equals(frame.getClassName())))
                        .findFirst());
    }
}
