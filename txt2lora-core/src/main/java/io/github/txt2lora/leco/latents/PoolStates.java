package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Images of a pair's neutral prompt by the base model, noised to many timesteps. The latents come in batches that are
 * the same for all trainings with these settings, since predictions of other batches would differ in their last bits,
 * and a training that is resumed would not end as it should.
 */
public final class PoolStates {

    private static final double LORA_OFF = 0;

    /** Far from the seeds of the images, so that no image meets the noise it was drawn from. */
    private static final long NOISE_SEEDS = 1L << 31;

    /** Images drawn in one batch; guidance doubles the samples that pass through the network. */
    private static final int DRAWN_AT_ONCE = 4;

    private final DenoisingModel model;
    private final LatentSource.Pool pool;
    private final PromptPair pair;
    private final TimestepRange range;
    private final long seed;
    private float @Nullable [] pictures;

    /**
     * A pool that draws its images when they are first needed.
     *
     * @param pair of whose neutral prompt, at whose resolution and batch size
     * @param seed of the first image; pools whose seeds are less than {@code pictures} apart share some
     */
    public PoolStates(DenoisingModel model, LatentSource.Pool pool, PromptPair pair, TimestepRange range, long seed) {
        this.model = model;
        this.pool = pool;
        this.pair = pair;
        this.range = range;
        this.seed = seed;
    }

    /** The key of the images: all that they depend on. */
    private String picturesKey() {
        return "pictures of " + LatentCache.quoted(pair.neutral()) + " without "
                + LatentCache.quoted(pair.unconditional()) + "/" + LatentDraw.pixels(pair) + " pixels/"
                + pool.steps() + " steps/guidance " + pool.guidanceScale() + "/seed " + seed + "/"
                + model.noiseProcess() + "/" + model.identity();
    }

    /** A key of everything that the batches depend on. */
    private String batchesKey() {
        return pair.batchSize() + " of " + pool.pictures() + " at timesteps " + range.minimum() + " to "
                + range.maximum() + "/" + picturesKey();
    }

    /** The number of batches. */
    int batches() {
        return Math.max(1, pool.pictures() * pool.noisings() / pair.batchSize());
    }

    /**
     * A batch, always the same for the same number.
     *
     * @param number 0 to {@link #batches()} - 1
     */
    public NoisyBatch batch(NDManager scope, int number) {
        double[] timesteps = SpreadTimesteps.at(SpreadTimesteps.offset(number), pair.batchSize(), range);
        int[] chosen = new int[pair.batchSize()];
        Arrays.setAll(chosen, i -> (number * pair.batchSize() + i) % pool.pictures());
        float[] noise = new TorchGenerator(NOISE_SEEDS + seed + number).normal(chosen.length * pictureSize());
        NDArray latents = noised(scope, picked(chosen), noise, timesteps, height(), width());
        return new NoisyBatch(
                latents,
                timesteps,
                PictureSize.uncropped(pair.height(), pair.width()),
                new NoisyBatch.Origin(batchesKey(), number));
    }

    /** A batch of parts of images, for pairs whose sizes or crops are left to chance. */
    NoisyBatch randomBatch(StepContext context) {
        TorchGenerator generator = context.generator();
        double[] timesteps = SpreadTimesteps.draw(generator, pair.batchSize(), range);
        LatentDraw draw =
                LatentDraw.next(generator, pair, space(), model.embeddings().takePictureSize());
        int height = draw.size().height() / space().factor();
        int width = draw.size().width() / space().factor();
        int[] chosen = IntStream.range(0, pair.batchSize())
                .map(i -> (int) generator.randint(0, pool.pictures()))
                .toArray();
        int top = (int) generator.randint(0, height() - height + 1L);
        int left = (int) generator.randint(0, width() - width + 1L);
        float[] part = part(picked(chosen), top, left, height, width);
        NDArray latents = noised(context.scope(), part, draw.noise(), timesteps, height, width);
        return new NoisyBatch(latents, timesteps, draw.size(), null);
    }

    private NDArray noised(NDManager scope, float[] clean, float[] noise, double[] timesteps, int height, int width) {
        var shape = new Shape(timesteps.length, space().channels(), height, width);
        return model.noiseProcess()
                .addNoise(HostNumbers.array(scope, clean, shape), HostNumbers.array(scope, noise, shape), timesteps);
    }

    private float[] part(float[] whole, int top, int left, int height, int width) {
        int planes = whole.length / (height() * width());
        float[] part = new float[planes * height * width];
        for (int row = 0; row < planes * height; row++) {
            int from = (row / height * height() + top + row % height) * width() + left;
            System.arraycopy(whole, from, part, row * width, width);
        }
        return part;
    }

    private float[] picked(int[] chosen) {
        if (pictures == null) {
            pictures = drawAll();
        }
        int size = pictureSize();
        float[] picked = new float[chosen.length * size];
        for (int i = 0; i < chosen.length; i++) {
            System.arraycopy(pictures, chosen[i] * size, picked, i * size, size);
        }
        return picked;
    }

    private LatentSpace space() {
        return model.denoiser().latents();
    }

    private int height() {
        return pair.height() / space().factor();
    }

    private int width() {
        return pair.width() / space().factor();
    }

    private int pictureSize() {
        return Math.toIntExact(space().size(pair.height(), pair.width()));
    }

    /** In portions, so that a larger pool shares those of a smaller one. */
    private float[] drawAll() {
        float[] all = new float[Math.multiplyExact(pool.pictures(), pictureSize())];
        int length = DRAWN_AT_ONCE * pictureSize();
        for (int first = 0; first < pool.pictures(); first += DRAWN_AT_ONCE) {
            int from = first;
            float[] some = model.cache().get(picturesKey(), first / DRAWN_AT_ONCE, length, () -> draw(seed + from));
            int place = first * pictureSize();
            System.arraycopy(some, 0, all, place, Math.min(length, all.length - place));
        }
        return all;
    }

    private float[] draw(long firstSeed) {
        try (NDManager scope = model.torch().newScope()) {
            Scheduler scheduler = model.noiseProcess().fewSteps(pool.steps());
            float[] noise = new float[DRAWN_AT_ONCE * pictureSize()];
            for (int i = 0; i < DRAWN_AT_ONCE; i++) {
                float[] one = new TorchGenerator(firstSeed + i).normal(pictureSize());
                System.arraycopy(one, 0, noise, i * one.length, one.length);
            }
            NDArray initial = HostNumbers.array(
                            scope, noise, new Shape(DRAWN_AT_ONCE, space().channels(), height(), width()))
                    .mul((float) scheduler.initNoiseSigma());
            Guidance guidance = model.guidance(
                    scope,
                    pair.unconditional(),
                    pair.neutral(),
                    pool.guidanceScale(),
                    DRAWN_AT_ONCE,
                    PictureSize.uncropped(pair.height(), pair.width()),
                    LORA_OFF);
            NDArray drawn = new GuidedDenoiser(scheduler, guidance, NoiseSource.NONE, StepHook.NONE)
                    .run(scope, pool.steps(), initial);
            return HostNumbers.floats(drawn);
        }
    }
}
