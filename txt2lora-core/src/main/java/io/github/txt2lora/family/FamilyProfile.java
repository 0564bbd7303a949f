package io.github.txt2lora.family;

import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.CheckpointFormat;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.ImageEncoder;
import io.github.txt2lora.diffusion.NetworkMemory;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.lora.BaseModelLabels;
import io.github.txt2lora.lora.LoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.text.TextEncoderWeights;
import io.github.txt2lora.torch.Torch;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** All in which a family of models differs from others. Has no state; the models are handed to it. */
public interface FamilyProfile {

    /** The family. */
    ModelFamily family();

    /** The storage format of its models; may be shared with other families. */
    CheckpointFormat format();

    /**
     * The noise process that a model was trained with.
     *
     * @param prediction the prediction type that the user sets
     * @param terminalSnr the terminal SNR that the user sets
     * @param warnings is told of contradictions to the user's settings, and of guesses
     * @throws io.github.txt2lora.InvalidSettingException if these contradict each other
     */
    NoiseProcess noiseProcess(
            Checkpoint checkpoint, PredictionType prediction, TerminalSnr terminalSnr, Consumer<String> warnings);

    /**
     * An encoder of prompts; loads nothing yet.
     *
     * @param tokenizer CLIP's, for those that need it
     * @param clipSkip 1 for the hidden states that the family is trained on, 2 for those of the layer before
     * @param weights is asked for each text encoder when it is loaded
     * @param embeddings that prompts may name
     * @throws io.github.txt2lora.InvalidSettingException if a text encoder has fewer layers than clip skip needs
     */
    PromptEncoder promptEncoder(
            Torch torch,
            Checkpoint checkpoint,
            ClipTokenizer tokenizer,
            Precision precision,
            int clipSkip,
            TextEncoderWeights weights,
            EmbeddingFolder embeddings);

    /** An encoder with the model's own weights, to whose prompts all names are plain words. */
    default PromptEncoder promptEncoder(
            Torch torch, Checkpoint checkpoint, ClipTokenizer tokenizer, Precision precision, int clipSkip) {
        return promptEncoder(
                torch, checkpoint, tokenizer, precision, clipSkip, checkpoint::tensors, EmbeddingFolder.none());
    }

    /** Whether zeros stand for an empty negative prompt, and not its encoding. */
    boolean hasZerosForNoPrompt();

    /** Whether the model is told the size of images and where they were cropped. */
    boolean takesPictureSize();

    /** Copies the denoiser's weights from the checkpoint to the device. */
    Denoiser loadDenoiser(Torch torch, Checkpoint checkpoint, Precision precision);

    /** Copies the weights of what decodes latents from the checkpoint to the device. */
    ImageDecoder loadDecoder(Torch torch, Checkpoint checkpoint, Precision precision);

    /** Copies the weights of what encodes images from the checkpoint to the device. */
    ImageEncoder loadEncoder(Torch torch, Checkpoint checkpoint, Precision precision);

    /** The rules for the layers of the denoiser that can get a LoRA. */
    LoraRules loraRules();

    /** The names of the model in a LoRA's metadata. */
    BaseModelLabels labels(NoiseProcess noiseProcess);

    /**
     * The memory that calls of the denoiser take, by its shapes.
     *
     * @param loraRanks ranks of the LoRA by the names of the layers that have one
     */
    NetworkMemory memory(Checkpoint checkpoint, Map<String, Integer> loraRanks);

    /** Resolutions of images that its models are trained on, for tables of what fits. */
    List<Integer> usualResolutions();
}
