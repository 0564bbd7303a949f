package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;

/** The tiny checkpoint as trainings use it, with the embeddings of some pairs. */
public final class TinyModel implements AutoCloseable {

    private static final LoraSpec LORA =
            LoraSpec.builder().target(LoraTarget.FULL).build();

    private final Torch torch = TestTorch.start();
    private final NDManager owner = torch.newScope();
    private final UNet unet;
    private final PromptEmbeddings embeddings;
    private final Parameterization parameterization;

    public TinyModel(List<PromptPair> pairs) {
        try (Checkpoint checkpoint = GoldenCheckpoints.open("sd1-tiny")) {
            unet = UNet.load(torch, checkpoint, Precision.FP32);
            PromptEncoder encoder = Families.standard()
                    .of(checkpoint)
                    .promptEncoder(torch, checkpoint, ClipTokenizer.load(), Precision.FP32, 1);
            embeddings = PromptEmbeddings.encode(
                    encoder, Lessons.of(pairs, Preservation.recommended()), owner, warning -> {});
            parameterization =
                    Parameterization.of(checkpoint, PredictionType.FROM_MODEL, TerminalSnr.FROM_MODEL, warning -> {});
        }
    }

    /** The model with a cache. */
    public DenoisingModel with(LatentCache cache) {
        return new DenoisingModel(torch, unet, embeddings, parameterization, "tiny", cache);
    }

    /** The model with a cache of its own, in memory. */
    public DenoisingModel withNewCache() {
        return with(new LatentCache(Long.MAX_VALUE, LatentFolder.none()));
    }

    public UNet unet() {
        return unet;
    }

    public NDManager newScope() {
        return torch.newScope();
    }

    /** A step's context with a random stream of its own. */
    static StepContext context(NDManager scope, long seed) {
        return context(scope, new TorchGenerator(seed), StepObserver.NONE);
    }

    public static StepContext context(NDManager scope, TorchGenerator generator, StepObserver observer) {
        return new StepContext(scope, generator, observer);
    }

    /** Attaches a new LoRA, which changes nothing. */
    public LoraParameters attachNewLora(NDManager scope) {
        LoraParameters parameters = LoraParameters.initialize(
                scope, new UNetLoraRules().select(unet.weightShapes(), LORA), LORA, new TorchGenerator(1));
        parameters.attachTo(unet, scope);
        return parameters;
    }

    /** Attaches a LoRA that changes all predictions. */
    public LoraParameters attachStrongLora(NDManager scope) {
        LoraParameters parameters = attachNewLora(scope);
        NDArray vector = parameters.vector();
        vector.addi(scope.create(new TorchGenerator(2).normal(Math.toIntExact(vector.size())))
                .mul(0.1f));
        return parameters;
    }

    public void detachLora(NDManager scope) {
        unet.detachLora(scope);
    }

    @Override
    public void close() {
        owner.close();
        unet.close();
        torch.close();
    }
}
