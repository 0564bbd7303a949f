package io.github.txt2lora.leco.hint;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.diffusion.Denoiser.PromptGradient;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.hint.PictureHint.EncodedPicture;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Learns what pictures add to the words of a prompt, as a change of the prompt's hidden states by which the base model
 * predicts the pictures' noise better (as in Kawar et al., "Imagic", arXiv 2210.09276). The network stays as it is.
 *
 * <p>Meanwhile a picture's prompt has the words of its caption too, or else those of the place that the base model finds
 * in it. What is named is predicted already, so nothing is to be gained by learning it.
 */
public final class HintLearner {

    private static final int BATCH_SIZE = 4;

    private static final int BATCHES = 16;

    private static final int STEPS = 100;

    /** Below, only details are left to tell; above, nearly nothing of the picture is left. */
    private static final double MINIMUM_TIMESTEP = 400;

    private static final double MAXIMUM_TIMESTEP = 950;

    /** A step of a hidden state, as a share of their size; falls along a cosine. */
    private static final double RATE = 0.02;

    private static final double MEAN_DECAY = 0.9;
    private static final double SQUARE_DECAY = 0.99;
    private static final double EPSILON = 1e-12;

    /** Batches that captions are compared on. */
    private static final int CAPTION_BATCHES = 3;

    /** The golden ratio's fraction, whose multiples fill 0 to 1 evenly. */
    private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

    private static final long SEED = 12_000_000;

    private static final double LORA_OFF = 0;
    private static final int FORWARD_AND_BACKWARD = 3;

    private final DenoisingModel model;
    private LossScale lossScale;

    /**
     * A learner with a model, to which no LoRA is attached.
     *
     * @param lossScale to begin with
     */
    public HintLearner(DenoisingModel model, LossScale lossScale) {
        this.model = model;
        this.lossScale = lossScale;
    }

    /** Forward evaluations for a hint at the most; a backward pass counts as two. */
    public static double evaluations(int pictures) {
        int captions = Places.captions("").size();
        return (double) BATCH_SIZE * (pictures * CAPTION_BATCHES * captions + STEPS * FORWARD_AND_BACKWARD);
    }

    /**
     * The embedding of the words with the hint, owned by the scope. The model's embeddings hold the words and all
     * captioned ones.
     */
    public PromptEmbedding learn(NDManager owner, PictureHint hint) {
        PromptEmbedding words = model.embeddings().of(hint.words());
        Shape shape = words.context().getShape();
        float[] learned = model.cache()
                .get(
                        "hint " + LatentCache.quoted(hint.prompt()) + "/" + model.noiseProcess() + "/"
                                + model.identity(),
                        0,
                        Math.toIntExact(shape.size()),
                        () -> change(hint));
        float[] context = HostNumbers.floats(words.context());
        for (int i = 0; i < context.length; i++) {
            context[i] += (float) hint.weight() * learned[i];
        }
        return new PromptEmbedding(HostNumbers.array(owner, context, shape), words.pooled());
    }

    /** Noisy pictures with the goal for the prediction. */
    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Batch(float[] latents, double[] timesteps, float[] goal, List<String> prompts) {}

    private float[] change(PictureHint hint) {
        List<Batch> batches = batches(hint);
        float[] words = HostNumbers.floats(model.embeddings().of(hint.words()).context());
        double rate = RATE * rootMeanSquare(words);
        var generator = new TorchGenerator(SEED);
        var change = new float[words.length];
        var means = new double[words.length];
        var squares = new double[words.length];
        for (int step = 1; step <= STEPS; step++) {
            Batch batch = batches.get((int) generator.randint(0, batches.size()));
            double[] gradient = gradient(hint, batch, change);
            double stepRate = rate * Math.cos(Math.PI / 2 * (step - 1) / STEPS);
            double meanShare = 1 - Math.pow(MEAN_DECAY, step);
            double squareShare = 1 - Math.pow(SQUARE_DECAY, step);
            for (int i = 0; i < change.length; i++) {
                means[i] = MEAN_DECAY * means[i] + (1 - MEAN_DECAY) * gradient[i];
                squares[i] = SQUARE_DECAY * squares[i] + (1 - SQUARE_DECAY) * gradient[i] * gradient[i];
                change[i] -=
                        (float) (stepRate * (means[i] / meanShare) / (Math.sqrt(squares[i] / squareShare) + EPSILON));
            }
        }
        return change;
    }

    private static double rootMeanSquare(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum / values.length);
    }

    private double[] gradient(PictureHint hint, Batch batch, float[] change) {
        double[] gradient = scaledGradient(hint, batch, change);
        while (!isFinite(gradient)) {
            if (!lossScale.canShrink()) {
                throw new TrainingFailedException("pictures of " + Excerpt.quoted(hint.words())
                        + " give a gradient that is not finite; expected a model and a precision that can draw the"
                        + " words: try precision FP32");
            }
            lossScale = lossScale.afterOverflow();
            gradient = scaledGradient(hint, batch, change);
        }
        return gradient;
    }

    private static boolean isFinite(double[] values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** For the change, which all samples share. */
    private double[] scaledGradient(PictureHint hint, Batch batch, float[] change) {
        try (NDManager scope = model.torch().newScope()) {
            NDArray shared = HostNumbers.array(
                    scope, change, model.embeddings().of(hint.words()).context().getShape());
            Conditioning plain = conditioning(scope, hint, batch.prompts());
            var changed = new Conditioning(plain.context().add(shared), plain.pooled(), plain.timeIds());
            PromptGradient result = model.denoiser()
                    .promptGradient(
                            scope,
                            latents(scope, hint, batch.goal()),
                            lossScale.factor(),
                            latents(scope, hint, batch.latents()),
                            batch.timesteps(),
                            changed);
            float[] bySample = HostNumbers.floats(result.gradient());
            double[] sum = new double[change.length];
            for (int i = 0; i < bySample.length; i++) {
                sum[i % sum.length] += bySample[i];
            }
            return sum;
        }
    }

    private List<Batch> batches(PictureHint hint) {
        List<String> captions = hint.pictures().stream()
                .map(picture -> bestCaption(hint, picture))
                .toList();
        var generator = new TorchGenerator(SEED);
        List<Batch> batches = new ArrayList<>();
        for (int number = 0; number < BATCHES; number++) {
            batches.add(batch(hint, captions, generator, number * BATCH_SIZE));
        }
        return batches;
    }

    private Batch batch(PictureHint hint, List<String> captions, TorchGenerator generator, int first) {
        int length = hint.pictures().get(0).latents().length;
        float[] originals = new float[BATCH_SIZE * length];
        double[] timesteps = new double[BATCH_SIZE];
        List<String> prompts = new ArrayList<>();
        for (int sample = 0; sample < BATCH_SIZE; sample++) {
            int number = (first + sample) % hint.pictures().size();
            System.arraycopy(hint.pictures().get(number).latents(), 0, originals, sample * length, length);
            timesteps[sample] = timestep(first + sample);
            prompts.add(captions.get(number));
        }
        return noisy(hint, originals, generator.normal(originals.length), timesteps, prompts);
    }

    private static double timestep(int number) {
        return Math.floor(MINIMUM_TIMESTEP + (MAXIMUM_TIMESTEP - MINIMUM_TIMESTEP) * (number * GOLDEN % 1));
    }

    private Batch noisy(PictureHint hint, float[] originals, float[] noises, double[] timesteps, List<String> prompts) {
        try (NDManager scope = model.torch().newScope()) {
            NDArray noise = latents(scope, hint, noises);
            NDArray original = latents(scope, hint, originals);
            return new Batch(
                    HostNumbers.floats(model.noiseProcess().addNoise(original, noise, timesteps)),
                    timesteps,
                    HostNumbers.floats(model.noiseProcess().perfectPrediction(original, noise, timesteps)),
                    prompts);
        }
    }

    /** The one with which the base model predicts the picture's noise best, as a classifier (arXiv 2303.16203). */
    private String bestCaption(PictureHint hint, EncodedPicture picture) {
        List<String> captions = picture.captions();
        if (captions.size() == 1) {
            return captions.get(0);
        }
        int length = picture.latents().length;
        double[] losses = new double[captions.size()];
        var generator = new TorchGenerator(SEED);
        for (int number = 0; number < CAPTION_BATCHES; number++) {
            float[] originals = new float[BATCH_SIZE * length];
            double[] timesteps = new double[BATCH_SIZE];
            for (int sample = 0; sample < BATCH_SIZE; sample++) {
                System.arraycopy(picture.latents(), 0, originals, sample * length, length);
                timesteps[sample] = timestep(number * BATCH_SIZE + sample);
            }
            Batch batch = noisy(hint, originals, generator.normal(originals.length), timesteps, List.of());
            for (int i = 0; i < losses.length; i++) {
                losses[i] += loss(hint, batch, captions.get(i));
            }
        }
        int best = 0;
        for (int i = 1; i < losses.length; i++) {
            if (losses[i] < losses[best]) {
                best = i;
            }
        }
        return captions.get(best);
    }

    private double loss(PictureHint hint, Batch batch, String prompt) {
        try (NDManager scope = model.torch().newScope()) {
            float[] predicted = HostNumbers.floats(model.denoiser()
                    .predict(
                            scope,
                            latents(scope, hint, batch.latents()),
                            batch.timesteps(),
                            conditioning(scope, hint, Collections.nCopies(BATCH_SIZE, prompt)),
                            LORA_OFF));
            double sum = 0;
            for (int i = 0; i < predicted.length; i++) {
                double error = (double) predicted[i] - batch.goal()[i];
                sum += error * error;
            }
            return sum;
        }
    }

    private Conditioning conditioning(NDManager scope, PictureHint hint, List<String> prompts) {
        return model.embeddings().batch(scope, prompts, 1, PictureSize.uncropped(hint.height(), hint.width()));
    }

    private NDArray latents(NDManager scope, PictureHint hint, float[] values) {
        LatentSpace space = model.denoiser().latents();
        int length = hint.pictures().get(0).latents().length;
        return HostNumbers.array(
                scope,
                values,
                new Shape(
                        values.length / length,
                        space.channels(),
                        hint.height() / space.factor(),
                        hint.width() / space.factor()));
    }
}
