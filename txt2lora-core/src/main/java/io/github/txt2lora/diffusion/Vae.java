package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.torch.ScalarType;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;

/** The autoencoder between images and latents ({@code torchscript/vae.py}). */
public final class Vae implements ImageDecoder, ImageEncoder {

    private static final ScriptClass SCRIPT = new ScriptClass("vae", "Vae");

    /**
     * Layers on more pixels work in strips. Decoding an image of this size, 512x512, as a whole takes 1 GiB in FP32.
     */
    private static final int WHOLE_PIXELS = 512 * 512;

    /** Small enough for its temporaries not to count, large enough for the rows that are computed twice not to. */
    private static final int STRIP_PIXELS = WHOLE_PIXELS / 8;

    /** Smaller strips would save nothing beside what is kept of the whole image. */
    private static final int MOST_REDUCTIONS = 2;

    private static final int REDUCTION = 4;

    private final ScriptModule script;
    private final double scalingFactor;
    private final MicroBatches microBatches;
    private int stripPixels;
    private int reductions;

    private Vae(Torch torch, ScriptModule script, double scalingFactor, int stripPixels) {
        this.script = script;
        this.scalingFactor = scalingFactor;
        this.stripPixels = stripPixels;
        this.microBatches = new MicroBatches(torch::emptyCache);
    }

    /**
     * Copies the VAE's weights from the checkpoint to the device.
     *
     * @param precision of its computations; where it leaves the range of FP16, as SDXL's does, FP32 stands for that, as
     *     with {@code force_upcast} in diffusers
     */
    public static Vae load(Torch torch, Checkpoint checkpoint, Precision precision) {
        return load(torch, checkpoint, precision, WHOLE_PIXELS, STRIP_PIXELS);
    }

    static Vae load(Torch torch, Checkpoint checkpoint, Precision precision, int wholePixels, int stripPixels) {
        boolean overflows = checkpoint.family().latents().overflowsHalf() && precision == Precision.FP16;
        Precision used = overflows ? Precision.FP32 : precision;
        ScriptModule script = torch.newNetwork(
                SCRIPT,
                HostTensors.of(checkpoint.tensors(Component.VAE)),
                ScalarType.of(used),
                new ScriptAttribute.OfInt("whole_pixels", wholePixels),
                new ScriptAttribute.OfInt("strip_pixels", stripPixels),
                ScriptAttribute.tensors("weights"));
        return new Vae(torch, script, checkpoint.vaeScalingFactor(), stripPixels);
    }

    /** The factor that turns latents of the VAE into those of the UNet. */
    public double scalingFactor() {
        return scalingFactor;
    }

    @Override
    public NDArray decodeLatents(NDManager scope, NDArray latents) {
        return decode(scope, latents.div((float) scalingFactor));
    }

    /**
     * Decodes latents as the VAE has them, without the scaling factor. Where memory does not suffice, images are decoded
     * one by one, and then in smaller strips of rows, with the same result up to rounding.
     *
     * @param latents [batch, channels, h, w]
     * @return images [batch, 3, 8 h, 8 w], around -1 to 1, not clamped; owned by the scope
     */
    public NDArray decode(NDManager scope, NDArray latents) {
        int images = Math.toIntExact(latents.getShape().get(0));
        return microBatches.run(
                images,
                MicroBatches.rows(
                        (from, to) -> script.longCall("decode", scope)
                                .with(to - from == images ? latents : latents.get(new NDIndex("{}:{}", from, to)))
                                .run()
                                .singletonOrThrow(),
                        () -> useSmallerStrips(scope)));
    }

    private boolean useSmallerStrips(NDManager scope) {
        if (reductions == MOST_REDUCTIONS) {
            return false;
        }
        reductions++;
        stripPixels = Math.max(1, stripPixels / REDUCTION);
        script.call("use_strips", scope).with(stripPixels).run();
        return true;
    }

    /**
     * Encodes images to the distribution of their latents, without the scaling factor.
     *
     * @param image [batch, 3, 8 h, 8 w], -1 to 1
     */
    public Posterior encode(NDManager scope, NDArray image) {
        NDList result = script.longCall("encode", scope).with(image).run();
        return new Posterior(result.get(0), result.get(1));
    }

    @Override
    public NDArray encodeImages(NDManager scope, NDArray images) {
        return encode(scope, images).mean().mul((float) scalingFactor);
    }

    @Override
    public void close() {
        script.close();
    }

    /**
     * A diagonal normal distribution of latents.
     *
     * @param mean [batch, channels, h, w]
     * @param logVariance of the same shape, within -30 to 20
     */
    public record Posterior(NDArray mean, NDArray logVariance) {

        /** A sample, given standard normal noise of the same shape. */
        public NDArray sample(NDArray noise) {
            return mean.add(logVariance.mul(0.5f).exp().mul(noise));
        }
    }
}
