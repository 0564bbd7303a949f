package io.github.txt2lora.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.TextToImage;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageProgress;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.lora.LoraAdapter;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Draws the pictures of one request, on the engine's worker thread. */
final class ImageRun {

    private static final Logger LOG = LoggerFactory.getLogger(ImageRun.class);

    /** More pictures at once need more memory and are hardly faster. */
    private static final int LARGEST_BATCH = 4;

    private final Torch torch;
    private final BaseModels models;
    private final ClipTokenizer tokenizer;
    private final ImageRequest request;
    private final ImageListener listener;

    ImageRun(Torch torch, BaseModels models, ClipTokenizer tokenizer, ImageRequest request, ImageListener listener) {
        this.torch = torch;
        this.models = models;
        this.tokenizer = tokenizer;
        this.request = request;
        this.listener = listener;
    }

    List<GeneratedImage> run() {
        try (NDManager scope = torch.newScope();
                Checkpoint checkpoint = models.open(request.model())) {
            var parameterization =
                    Parameterization.of(checkpoint, request.prediction(), request.terminalSnr(), LOG::warn);
            // before the UNet, so that the text encoders' memory is free for it
            var encoder = new PromptEncoder(torch, checkpoint, tokenizer, request.precision(), request.clipSkip());
            Map<String, PromptEmbedding> embeddings =
                    encoder.encode(List.of(request.prompt(), request.negativePrompt()), scope, LOG::warn);
            PromptEmbedding positive = Objects.requireNonNull(embeddings.get(request.prompt()));
            PromptEmbedding negative = Objects.requireNonNull(embeddings.get(request.negativePrompt()));
            if (checkpoint.family() == ModelFamily.SDXL
                    && request.negativePrompt().isEmpty()) {
                // in its training, samples without a prompt had zeros, not the encoding of the empty prompt
                negative = negative.zeros();
            }
            UNet unet = models.unet(checkpoint, request.precision());
            checkpoint.requireFinite(Component.VAE);
            try (Vae vae = Vae.load(torch, checkpoint, request.precision())) {
                attachLoras(unet, scope);
                return draw(new TextToImage(unet, vae, parameterization), positive, negative);
            } finally {
                unet.detachLora(scope);
            }
        }
    }

    private void attachLoras(UNet unet, NDManager scope) {
        if (!request.loras().isEmpty()) {
            LoraAdapter.load(scope, request.loras(), unet.weightShapes()).attachTo(unet, scope);
        }
    }

    private List<GeneratedImage> draw(TextToImage textToImage, PromptEmbedding positive, PromptEmbedding negative) {
        List<GeneratedImage> images = new ArrayList<>();
        for (int first = 0; first < request.count(); first += LARGEST_BATCH) {
            int count = Math.min(LARGEST_BATCH, request.count() - first);
            List<Long> seeds = LongStream.range(first, first + count)
                    .map(i -> request.seed() + i)
                    .boxed()
                    .toList();
            try (NDManager scope = torch.newScope()) {
                List<BufferedImage> drawn =
                        textToImage.draw(scope, request, positive, negative, seeds, reporting(first, count));
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
                listener.stepFinished(new ImageProgress(done, (long) request.steps() * request.count()));
            }
        };
    }
}
