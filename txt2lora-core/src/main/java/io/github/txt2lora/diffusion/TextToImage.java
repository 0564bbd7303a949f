package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Draws images from encoded prompts. */
public final class TextToImage {

    private static final double FULL_STRENGTH = 1;

    private final Denoiser denoiser;
    private final ImageDecoder decoder;
    private final NoiseProcess noiseProcess;
    private final double loraStrength;

    /** Draws with these networks; a LoRA is used at the strength 1 if one is attached. */
    public TextToImage(Denoiser denoiser, ImageDecoder decoder, NoiseProcess noiseProcess) {
        this(denoiser, decoder, noiseProcess, FULL_STRENGTH);
    }

    /**
     * Draws with these networks.
     *
     * @param loraStrength multiplies the LoRA, if one is attached
     */
    public TextToImage(Denoiser denoiser, ImageDecoder decoder, NoiseProcess noiseProcess, double loraStrength) {
        this.denoiser = denoiser;
        this.decoder = decoder;
        this.noiseProcess = noiseProcess;
        this.loraStrength = loraStrength;
    }

    /**
     * Draws one image for each seed, all in one batch.
     *
     * @param scope owns the intermediate arrays
     * @param request scheduler, steps, size and guidance scale; the rest of it is not looked at
     * @param positive the parts of the encoded prompt, one or more
     * @param negative the parts of the encoded negative prompt, one or more, with as many tokens as the prompt has
     * @param seeds of PyTorch's CPU generator
     * @throws io.github.txt2lora.InvalidSettingException if a region is too thin for the image
     * @throws io.github.txt2lora.Txt2LoraException if a network gives numbers that are not finite; the message says
     *     which
     */
    public List<BufferedImage> draw(
            NDManager scope,
            ImageRequest request,
            List<PlacedEmbedding> positive,
            List<PlacedEmbedding> negative,
            List<Long> seeds,
            StepHook hook) {
        var finite = new FiniteDrawing(request, denoiser.name(), hook);
        positive.forEach(part -> finite.requireFinite(part.embedding()));
        negative.forEach(part -> finite.requireFinite(part.embedding()));
        List<TorchGenerator> generators =
                seeds.stream().map(TorchGenerator::new).toList();
        LatentSpace space = denoiser.latents();
        Shape one = new Shape(1, space.channels(), request.height() / space.factor(), request.width() / space.factor());
        NoiseSource noise = (owner, shape) -> noise(owner, one, generators);
        Scheduler scheduler = noiseProcess.drawing(request.scheduler(), request.steps());
        NDArray initial = noise.next(scope, one).mul((float) scheduler.initNoiseSigma());
        NDArray latents =
                denoise(scope, scheduler, initial, request.guidanceScale(), positive, negative, noise, finite);
        List<BufferedImage> images = new ArrayList<>();
        for (int i = 0; i < seeds.size(); i++) {
            // one by one: decoding takes by far the most memory of all, and gains nothing from batches
            try (NDManager picture = scope.newSubManager()) {
                NDArray single = latents.get(i + ":" + (i + 1));
                single.attach(picture);
                NDArray decoded = decode(picture, single);
                finite.requireFinitePicture(decoded);
                images.addAll(toImages(decoded));
            }
        }
        return images;
    }

    /** Takes all steps of the scheduler from the given latents. */
    NDArray denoise(
            NDManager scope,
            Scheduler scheduler,
            NDArray initial,
            double guidanceScale,
            List<PlacedEmbedding> positive,
            List<PlacedEmbedding> negative,
            NoiseSource noise,
            StepHook hook) {
        int factor = denoiser.latents().factor();
        PictureSize size = PictureSize.uncropped(
                Math.toIntExact(initial.getShape().get(2) * factor),
                Math.toIntExact(initial.getShape().get(3) * factor));
        int steps = scheduler.timesteps().length;
        Guidance guidance = guidance(scope, initial.getShape(), size, guidanceScale, positive, negative);
        return new GuidedDenoiser(scheduler, guidance, noise, hook).run(scope, steps, initial);
    }

    private Guidance guidance(
            NDManager scope,
            Shape latents,
            PictureSize size,
            double scale,
            List<PlacedEmbedding> positive,
            List<PlacedEmbedding> negative) {
        if (positive.size() > 1 || negative.size() > 1 || !positive.get(0).isWhole()) {
            return ComposedPrediction.of(scope, denoiser, loraStrength, latents, size, scale, positive, negative);
        }
        int batchSize = Math.toIntExact(latents.get(0));
        PromptEmbedding prompt = positive.get(0).embedding();
        if (scale == 1) {
            return Guidance.none(denoiser, loraStrength, Conditioning.batch(scope, List.of(prompt), batchSize, size));
        }
        List<PromptEmbedding> both = List.of(negative.get(0).embedding(), prompt);
        return Guidance.of(denoiser, loraStrength, Conditioning.batch(scope, both, batchSize, size), scale);
    }

    /** Latents of the denoiser to images, [batch, 3, height, width], not clamped. */
    NDArray decode(NDManager scope, NDArray latents) {
        return decoder.decodeLatents(scope, latents);
    }

    private static NDArray noise(NDManager owner, Shape one, List<TorchGenerator> generators) {
        NDList rows = new NDList();
        for (TorchGenerator generator : generators) {
            rows.add(HostNumbers.array(owner, generator.normal(Math.toIntExact(one.size())), one));
        }
        return NDArrays.concat(rows, 0);
    }

    /** Images of [batch, 3, height, width] in -1 to 1; other values are clamped. */
    static List<BufferedImage> toImages(NDArray decoded) {
        Shape shape = decoded.getShape();
        int height = Math.toIntExact(shape.get(2));
        int width = Math.toIntExact(shape.get(3));
        float[] values = HostNumbers.floats(decoded);
        int plane = height * width;
        List<BufferedImage> images = new ArrayList<>();
        for (int n = 0; n < shape.get(0); n++) {
            var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
            for (int i = 0; i < plane; i++) {
                int rgb = 0;
                for (int channel = 0; channel < 3; channel++) {
                    rgb = rgb << 8 | toByte(values[(n * 3 + channel) * plane + i]);
                }
                image.setRGB(i % width, i / width, rgb);
            }
            images.add(image);
        }
        return images;
    }

    private static int toByte(float value) {
        return Math.round(Math.max(0, Math.min(1, value / 2 + 0.5f)) * 255);
    }
}
