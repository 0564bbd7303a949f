package io.github.txt2lora.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.ImageDecoder;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.diffusion.TextToImage;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.lora.TextEncoderLora;
import io.github.txt2lora.text.PromptEncoder;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws the images of one request, on the engine's worker thread. */
final class ImageRun {

    private static final Logger LOG = LoggerFactory.getLogger(ImageRun.class);

    /** More images at once need more memory and are hardly faster. */
    private static final int LARGEST_BATCH = 4;

    private final EngineParts engine;
    private final ImageRequest request;
    private final ImageCall call;
    private final DenoiserUse denoisers;
    private final Runnable check;

    private ImageRun(EngineParts engine, ImageCall call, DenoiserUse denoisers, Runnable check) {
        this.engine = engine;
        this.request = call.request();
        this.call = call;
        this.denoisers = denoisers;
        this.check = check;
    }

    /** Images in their turn, which may take all memory and take the place of another model. */
    static ImageRun alone(EngineParts engine, ImageCall call) {
        return new ImageRun(
                engine,
                call,
                (checkpoint, use) -> {
                    Denoiser denoiser = engine.models()
                            .denoiser(checkpoint, call.request().modelUse().precision());
                    try (NDManager scope = engine.torch().newScope()) {
                        try {
                            return use.apply(denoiser);
                        } finally {
                            denoiser.detachLora(scope);
                        }
                    }
                },
                call::requireWanted);
    }

    /**
     * Images while a training uses the same model.
     *
     * @param check runs before each step; throws {@link NotNow} where the training cannot wait any longer
     */
    static ImageRun between(EngineParts engine, ImageCall call, Runnable check) {
        return new ImageRun(
                engine,
                call,
                (checkpoint, use) -> {
                    Denoiser denoiser = engine.models()
                            .loaded(checkpoint, call.request().modelUse().precision())
                            .orElseThrow(NotNow::new);
                    Denoiser.Loan loan = denoiser.lend();
                    try {
                        return use.apply(denoiser);
                    } finally {
                        loan.close();
                    }
                },
                () -> {
                    call.requireWanted();
                    check.run();
                });
    }

    /** Lets a task use the denoiser of a model. */
    private interface DenoiserUse {
        List<GeneratedImage> with(Checkpoint checkpoint, Function<Denoiser, List<GeneratedImage>> use);
    }

    List<GeneratedImage> run() {
        return engine.torch().checkingCalls(check, this::runChecked);
    }

    private List<GeneratedImage> runChecked() {
        PicturePrompts prompts = PicturePrompts.of(request, this::warn);
        try (NDManager scope = engine.torch().newScope();
                Checkpoint checkpoint = engine.models().open(request.model(), progress -> check.run(), check)) {
            TextEncoderLora.requireEncoders(checkpoint.family(), prompts.loras(), this::warn);
            FamilyProfile profile = engine.families().of(checkpoint);
            requireImageMultiple(checkpoint.family());
            NoiseProcess noiseProcess = profile.noiseProcess(
                    checkpoint,
                    request.modelUse().predictionType(),
                    request.modelUse().terminalSnr(),
                    this::warn);
            // before the denoiser, so that the text encoders' memory is free for it
            PromptEncoder encoder = profile.promptEncoder(
                    engine.torch(),
                    checkpoint,
                    engine.tokenizer(),
                    request.modelUse().precision(),
                    request.modelUse().clipSkip(),
                    network -> TextEncoderLora.addTo(network, checkpoint.tensors(network), prompts.loras()),
                    EmbeddingFolder.of(request.modelUse().embeddings()));
            PicturePrompts.Encoded encoded = prompts.encode(encoder, scope, this::warn);
            if (profile.hasZerosForNoPrompt() && prompts.hasNoNegative()) {
                encoded = encoded.withZeroNegative();
            }
            PicturePrompts.Encoded complete = encoded;
            return denoisers.with(checkpoint, denoiser -> {
                checkpoint.requireFinite(Component.VAE);
                try (ImageDecoder decoder = profile.loadDecoder(
                        engine.torch(), checkpoint, request.modelUse().precision())) {
                    LoraAdapter.load(scope, prompts.loras(), profile.loraRules(), denoiser.weightShapes())
                            .ifPresent(parameters -> parameters.attachTo(denoiser, scope));
                    return draw(new TextToImage(denoiser, decoder, noiseProcess), complete);
                }
            });
        }
    }

    /** Logged too, since a listener need not look at warnings. */
    private void warn(String message) {
        String printable = Excerpt.message(message);
        LOG.warn("images of {}: {}", Excerpt.of(request.model().displayName()), printable);
        call.warned(printable);
    }

    /** The request alone cannot know what a family's images are multiples of. */
    private void requireImageMultiple(ModelFamily family) {
        ImageMultiple.require("width", request.width(), family);
        ImageMultiple.require("height", request.height(), family);
    }

    private List<GeneratedImage> draw(TextToImage textToImage, PicturePrompts.Encoded prompts) {
        List<GeneratedImage> images = new ArrayList<>();
        for (int first = 0; first < request.count(); first += LARGEST_BATCH) {
            int count = Math.min(LARGEST_BATCH, request.count() - first);
            List<Long> seeds = LongStream.range(first, first + count)
                    .map(i -> request.seed() + i)
                    .boxed()
                    .toList();
            try (NDManager scope = engine.torch().newScope()) {
                List<BufferedImage> drawn = textToImage.draw(
                        scope, request, prompts.positive(), prompts.negative(), seeds, reporting(first, count));
                for (int i = 0; i < count; i++) {
                    images.add(new GeneratedImage(drawn.get(i), seeds.get(i), request));
                }
            }
        }
        return images;
    }

    private StepHook reporting(int picturesDone, int batchSize) {
        return new StepHook() {
            @Override
            public void afterStep(int step, NDArray latents) {
                long done = (long) picturesDone * request.steps() + (step + 1L) * batchSize;
                call.stepFinished(new ImageProgress(done, (long) request.steps() * request.count()));
            }
        };
    }
}
