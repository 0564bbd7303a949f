package io.github.txt2lora.family;

import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.CheckpointFormat;
import io.github.txt2lora.checkpoint.StableDiffusionFormat;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.ImageEncoder;
import io.github.txt2lora.diffusion.NetworkMemory;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.UNetMemory;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.lora.LoraRules;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipPromptEncoder;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.text.TextEncoderUse;
import io.github.txt2lora.text.TextEncoderWeights;
import io.github.txt2lora.torch.Torch;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The parts that all generations of Stable Diffusion share: a UNet, a VAE, CLIP, and the noise process of DDPM. */
abstract class StableDiffusionProfile implements FamilyProfile {

    @Override
    public CheckpointFormat format() {
        return new StableDiffusionFormat();
    }

    /** The text encoders, in the order in which their hidden states are put side by side. */
    abstract List<TextEncoderUse> textEncoders();

    @Override
    public NoiseProcess noiseProcess(
            Checkpoint checkpoint, PredictionType prediction, TerminalSnr terminalSnr, Consumer<String> warnings) {
        return Parameterization.of(checkpoint, prediction, terminalSnr, warnings);
    }

    @Override
    public PromptEncoder promptEncoder(
            Torch torch,
            Checkpoint checkpoint,
            ClipTokenizer tokenizer,
            Precision precision,
            int clipSkip,
            TextEncoderWeights weights,
            EmbeddingFolder embeddings) {
        return new ClipPromptEncoder(
                torch, checkpoint, tokenizer, precision, clipSkip, textEncoders(), weights, embeddings);
    }

    @Override
    public boolean hasZerosForNoPrompt() {
        return false;
    }

    @Override
    public boolean takesPictureSize() {
        return false;
    }

    @Override
    public Denoiser loadDenoiser(Torch torch, Checkpoint checkpoint, Precision precision) {
        return UNet.load(torch, checkpoint, precision);
    }

    @Override
    public ImageDecoder loadDecoder(Torch torch, Checkpoint checkpoint, Precision precision) {
        return Vae.load(torch, checkpoint, precision);
    }

    @Override
    public ImageEncoder loadEncoder(Torch torch, Checkpoint checkpoint, Precision precision) {
        return Vae.load(torch, checkpoint, precision);
    }

    @Override
    public LoraRules loraRules() {
        return new UNetLoraRules();
    }

    @Override
    public NetworkMemory memory(Checkpoint checkpoint, Map<String, Integer> loraRanks) {
        return new UNetMemory(checkpoint.unet(), loraRanks);
    }

    /** {@code modelspec.prediction_type} of a noise process. */
    static String predictionType(NoiseProcess noiseProcess) {
        return noiseProcess.predictsVelocity() ? "v" : "epsilon";
    }
}
