package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.optimizer.LearningRates;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.leco.optimizer.Optimizer;
import io.github.txt2lora.leco.state.RecoverableState;
import io.github.txt2lora.leco.state.TrainerState;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The training of one LoRA, on one model or on several in turn; a {@link TrainerGroup} makes its iterations, alone or
 * with others. The LoRA is attached to the denoiser until the trainer is closed, or another one takes its place.
 */
public final class LecoTrainer implements AutoCloseable {

    /** Added to the norm when gradients are clipped, as in PyTorch's {@code clip_grad_norm_}. */
    private static final double CLIP_EPSILON = 1e-6;

    private final Torch torch;
    private final List<DenoisingModel> models;
    private final Turns turns;
    private final TrainingSpec spec;
    private final TorchGenerator generator;
    private final List<LecoStep> steps;
    private final OptimizerSpec optimizerSpec;
    private final Optimizer optimizer;
    private final int iterations;
    private final NDManager owner;
    private @Nullable NDArray stepShares;
    private LearningRates learningRates;
    private OptionalDouble learningRate;
    private final LoraParameters lora;
    private final boolean goesOn;
    private final List<LearningRateFinder.FirstSizes> firstSizes;
    private final Recovery recovery;
    private double learningRateFactor = 1;
    private LecoStep step;
    private int iteration;

    /** A trainer on one model; see {@link #LecoTrainer(List, LoraParameters, Lessons, TrainingSpec, TorchGenerator)}. */
    public LecoTrainer(
            DenoisingModel model, LoraParameters lora, Lessons lessons, TrainingSpec spec, TorchGenerator generator) {
        this(List.of(model), lora, lessons, spec, generator);
    }

    /**
     * Attaches the LoRA to the denoiser of the first iteration.
     *
     * @param models one, or several with layers of the same shapes, which take turns in this order; each with the
     *     embeddings of all prompts of the lessons
     * @param generator the random stream of the iterations; used by this trainer alone
     */
    public LecoTrainer(
            List<DenoisingModel> models,
            LoraParameters lora,
            Lessons lessons,
            TrainingSpec spec,
            TorchGenerator generator) {
        this.torch = models.get(0).torch();
        this.models = List.copyOf(models);
        this.turns = new Turns(models.size());
        this.spec = spec;
        this.generator = generator;
        this.lora = lora;
        this.goesOn = spec.method().start() instanceof LoraStart.FromLora;
        // a state has later sizes
        this.firstSizes = goesOn ? LearningRateFinder.FirstSizes.of(lora) : LearningRateFinder.FirstSizes.ofNew(lora);
        this.recovery = new Recovery(spec.nonFinitePolicy());
        this.steps =
                models.stream().map(model -> new LecoStep(model, lessons, spec)).toList();
        this.step = steps.get(0);
        this.iterations = spec.iterationsFor(lessons.pairs(), models.size());
        this.learningRates = LearningRates.of(spec, Math.max(1, iterations));
        this.learningRate = spec.learningRate();
        this.optimizerSpec = spec.optimizerFor(lessons.pairs());
        this.optimizer = Optimizer.create(torch, optimizerSpec, lora);
        this.owner = torch.newScope();
        try {
            attach();
        } catch (RuntimeException e) {
            optimizer.close();
            owner.close();
            throw e;
        }
    }

    /** The number of completed iterations. */
    public int iteration() {
        return iteration;
    }

    /** Whether all iterations are done. */
    public boolean isDone() {
        return iteration >= iterations;
    }

    /**
     * Derives the learning rate from the first gradients, unless it is set or a restored state has told it.
     *
     * @return the full learning rate, before schedule and warm-up, and the work of the network for it
     */
    public FoundRate findLearningRate() {
        if (learningRate.isPresent() || iterations == 0) {
            return new FoundRate(learningRate.orElse(0), 0);
        }
        long work = work();
        LossScale before = step.lossScale();
        var finder = new LearningRateFinder(
                torch, number -> attached(turns.ofEqualParts(number, LearningRateFinder.COMPARISONS)));
        double rate = finder.find(optimizerSpec, lora, goesOn);
        step.lossScale(before);
        use(rate);
        return new FoundRate(rate, work() - work);
    }

    private long work() {
        return models.stream().mapToLong(model -> model.denoiser().work()).sum();
    }

    /** Takes a learning rate that was found. */
    private void use(double rate) {
        learningRate = OptionalDouble.of(rate);
        learningRates = learningRates.withRate(rate);
        stepShares = LearningRateFinder.stepShares(optimizerSpec, lora, firstSizes, rate)
                .map(shares -> HostNumbers.vector(owner, shares))
                .orElse(null);
    }

    /**
     * The learning rate of a training.
     *
     * @param learningRate the full one, before schedule and warm-up
     * @param work of the network to find it
     */
    public record FoundRate(double learningRate, long work) {}

    /** Takes a state to go back to, if one is due; before each iteration. */
    void takeSnapshot() {
        recovery.beforeIteration(iteration, this::trainerState);
    }

    /** The number of comparisons in an iteration. */
    int comparisons() {
        return spec.gradientAccumulationSteps();
    }

    /** The steps that the next iteration is made of, on the model whose turn it is. */
    LecoStep step() {
        return stepOn(turns.at(iteration));
    }

    /** One loss scale goes with the LoRA from model to model. */
    private LecoStep stepOn(int model) {
        LecoStep next = steps.get(model);
        next.lossScale(step.lossScale());
        step = next;
        return next;
    }

    private LecoStep attached(int model) {
        LecoStep next = stepOn(model);
        try (NDManager scope = torch.newScope()) {
            lora.attachTo(next.denoiser(), scope);
        }
        return next;
    }

    /** The random stream that iterations draw from. */
    TorchGenerator generator() {
        return generator;
    }

    /** Lets the network of the next iteration use this LoRA, which another one may have taken the place of. */
    public void attach() {
        attached(turns.at(iteration));
    }

    /**
     * Lets the network of one of the models use this LoRA.
     *
     * @param model its number in the order of their turns, from 0
     */
    public void attachTo(int model) {
        attached(model);
    }

    /** The parameters that are trained. */
    LoraParameters lora() {
        return lora;
    }

    /**
     * Ends an iteration: changes the parameters by the mean of the gradients, or does what the {@link NonFinitePolicy}
     * says if a loss, the gradient or the parameters are not finite.
     *
     * @param scope owns the intermediate arrays
     * @param results of all its comparisons; the first one's gradient is changed
     * @param work work of the network for them
     * @throws TrainingFailedException if the policy ends the training
     */
    Outcome end(NDManager scope, List<LoraGradient> results, long work) {
        try {
            Iteration done = apply(scope, results);
            recovery.iterationDone();
            return new Outcome.Trained(done, work);
        } catch (NonFiniteException e) {
            recovery.after(e).ifPresent(good -> goBack(good, learningRateFactor * recovery.slowdown()));
            return new Outcome.Recovered(e.iteration(), e.getMessage(), iteration, learningRateFactor, work);
        }
    }

    /** Continues the random stream: the same numbers would be non-finite again. */
    private void goBack(TrainerState good, double newLearningRateFactor) {
        restore(good.with(generator.state(), newLearningRateFactor));
    }

    private Iteration apply(NDManager scope, List<LoraGradient> results) {
        double loss = 0;
        NDArray gradient = results.get(0).gradient();
        for (LoraGradient result : results) {
            loss += result.loss() / results.size();
            if (result.gradient() != gradient) {
                gradient.addi(result.gradient());
            }
        }
        double norm = results.get(0).norm();
        if (results.size() > 1) {
            norm = HostNumbers.scalar(gradient.muli(1f / results.size()).norm());
        }
        requireFinite(loss, norm);
        clip(gradient, norm);
        double learningRate = learningRates.at(iteration) * learningRateFactor;
        step(scope, gradient, learningRate);
        requireFiniteParameters();
        iteration++;
        return new Iteration(iteration, loss, norm, learningRate);
    }

    /** A step of the optimizer, of which each parameter goes its share. */
    private void step(NDManager scope, NDArray gradient, double learningRate) {
        if (stepShares == null) {
            optimizer.step(scope, gradient, learningRate);
            return;
        }
        NDArray vector = lora.vector();
        NDArray before = vector.duplicate();
        before.attach(scope);
        optimizer.step(scope, gradient, learningRate);
        vector.subi(before).muli(stepShares).addi(before);
    }

    private void clip(NDArray gradient, double norm) {
        double maximum = spec.maxGradientNorm().orElse(Double.POSITIVE_INFINITY);
        if (norm > maximum) {
            gradient.muli((float) (maximum / (norm + CLIP_EPSILON)));
        }
    }

    private void requireFinite(double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new NonFiniteException(iteration + 1, "a loss of " + loss + " and a gradient norm of " + norm, false);
        }
    }

    private void requireFiniteParameters() {
        float sum;
        try (NDArray array = lora.vector().sum()) {
            sum = HostNumbers.scalar(array);
        }
        if (!Float.isFinite(sum)) {
            throw new NonFiniteException(iteration + 1, "a LoRA whose numbers sum up to " + sum, true);
        }
    }

    /** A copy of the LoRA's parameters as they are now. */
    public float[] parameters() {
        return HostNumbers.floats(lora.vector());
    }

    /** Sets the LoRA's parameters, when nothing more is trained. */
    public void takeParameters(float[] values) {
        try (NDManager scope = torch.newScope()) {
            optimizer.restore(scope, values, List.of());
        }
    }

    /** All that later iterations depend on, copied to memory of the host. Not to be called within an iteration. */
    public RecoverableState state() {
        return recovery.state(trainerState());
    }

    private TrainerState trainerState() {
        try (NDManager scope = torch.newScope()) {
            return new TrainerState(
                    iteration,
                    generator.state(),
                    learningRate,
                    learningRateFactor,
                    step.lossScale(),
                    HostNumbers.floats(lora.vector()),
                    optimizer.state(scope));
        }
    }

    /**
     * Goes on where the trainer that gave the state stood; it must have had the same settings.
     *
     * @throws CheckpointException if the state does not fit the LoRA
     */
    public void restore(RecoverableState state) {
        restore(state.trainer());
        recovery.restore(state);
    }

    private void restore(TrainerState state) {
        try (NDManager scope = torch.newScope()) {
            requireFitting(state);
            generator.restore(state.generator());
            optimizer.restore(scope, state.parameters(), state.optimizer());
            iteration = state.iteration();
            if (learningRate.isEmpty()) {
                state.learningRate().ifPresent(this::use);
            }
            learningRateFactor = state.learningRateFactor();
            step.lossScale(state.lossScale());
        }
    }

    private void requireFitting(TrainerState state) {
        long size = lora.vector().size();
        if (state.parameters().length != size || state.iteration() < 0 || state.iteration() > iterations) {
            throw new CheckpointException("the training's state has " + state.parameters().length
                    + " parameters after " + Count.of(state.iteration(), "iteration") + "; expected " + size
                    + " parameters and at most " + Count.of(iterations, "iteration"));
        }
    }

    /** Detaches the LoRA from the denoiser and frees the optimizer; the parameters stay with their owner. */
    @Override
    public void close() {
        optimizer.close();
        owner.close();
        try (NDManager scope = torch.newScope()) {
            models.forEach(model -> model.denoiser().detachLora(scope));
        }
    }

    /**
     * The results of an iteration.
     *
     * @param number counted from 1
     * @param loss mean squared error
     * @param gradientNorm Euclidean norm of the gradient, before clipping
     * @param learningRate that was used
     */
    public record Iteration(int number, double loss, double gradientNorm, double learningRate) {}
}
