package io.github.txt2lora.family;

import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.CheckpointFormat;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.TinyFlow;
import io.github.txt2lora.checkpoint.TinyFlowFormat;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.FlowMatching;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.ImageEncoder;
import io.github.txt2lora.diffusion.NetworkMemory;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.diffusion.TinyTransformer;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.lora.BaseModelLabels;
import io.github.txt2lora.lora.LoraRules;
import io.github.txt2lora.lora.TinyTransformerRules;
import io.github.txt2lora.text.ClipPromptEncoder;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.text.TextEncoderUse;
import io.github.txt2lora.text.TextEncoderWeights;
import io.github.txt2lora.torch.Torch;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The profile of {@link TinyFlow}. */
public final class TinyFlowProfile implements FamilyProfile {

    private static final double SHIFT = 3;

    @Override
    public ModelFamily family() {
        return TinyFlow.FAMILY;
    }

    @Override
    public CheckpointFormat format() {
        return new TinyFlowFormat();
    }

    @Override
    public NoiseProcess noiseProcess(
            Checkpoint checkpoint, PredictionType prediction, TerminalSnr terminalSnr, Consumer<String> warnings) {
        return new FlowMatching(SHIFT);
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
        List<TextEncoderUse> uses = List.of(TextEncoderUse.openAi(Component.TEXT_ENCODER));
        return new ClipPromptEncoder(torch, checkpoint, tokenizer, precision, clipSkip, uses, weights, embeddings);
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
        return TinyTransformer.load(torch, checkpoint, precision);
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
        return new TinyTransformerRules();
    }

    @Override
    public BaseModelLabels labels(NoiseProcess noiseProcess) {
        return new BaseModelLabels("tiny_flow", "tiny-flow", false, "v");
    }

    @Override
    public NetworkMemory memory(Checkpoint checkpoint, Map<String, Integer> loraRanks) {
        return new NetworkMemory() {
            @Override
            public double prediction(int height, int width) {
                return 100.0 * height * width;
            }

            @Override
            public double gradient(int height, int width, boolean recomputed) {
                return (recomputed ? 300.0 : 1000.0) * height * width;
            }

            @Override
            public double workspace() {
                return 0;
            }
        };
    }

    @Override
    public List<Integer> usualResolutions() {
        return List.of(64);
    }
}
