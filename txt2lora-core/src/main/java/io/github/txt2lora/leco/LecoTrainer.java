package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.UNet.LoraGradient;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;

/**
 * The training loop. The LoRA stays attached to the UNet until the trainer is closed; nothing else may use the UNet
 * meanwhile.
 */
public final class LecoTrainer implements AutoCloseable {

    /** Added to the norm when gradients are clipped, as in PyTorch's {@code clip_grad_norm_}. */
    private static final double CLIP_EPSILON = 1e-6;

    private final Torch torch;
    private final UNet unet;
    private final TrainingSpec spec;
    private final TorchGenerator generator;
    private final LecoStep step;
    private final Optimizer optimizer;
    private final LearningRates learningRates;
    private int iteration;

    /**
     * Attaches the LoRA to the UNet.
     *
     * @param embeddings of all prompts of the pairs
     * @param parameterization what the UNet predicts
     * @param generator what the iterations draw from; used by this trainer alone
     */
    public LecoTrainer(
            Torch torch,
            UNet unet,
            LoraParameters parameters,
            List<PromptPair> pairs,
            PromptEmbeddings embeddings,
            TrainingSpec spec,
            Parameterization parameterization,
            TorchGenerator generator) {
        this.torch = torch;
        this.unet = unet;
        this.spec = spec;
        this.generator = generator;
        this.step = new LecoStep(unet, pairs, embeddings, spec, parameterization);
        this.learningRates = LearningRates.of(spec);
        this.optimizer = Optimizer.create(torch, spec.optimizer(), parameters);
        try (NDManager scope = torch.newScope()) {
            parameters.attachTo(unet, scope);
        } catch (RuntimeException e) {
            optimizer.close();
            throw e;
        }
    }

    /** How many iterations are done. */
    public int iteration() {
        return iteration;
    }

    /** Whether all iterations are done. */
    public boolean isDone() {
        return iteration >= spec.iterations();
    }

    /**
     * Runs one iteration: as many steps as gradients are accumulated, and one change of the parameters by their mean.
     *
     * @param beforeCall runs before each call of the network; what it throws ends the iteration, and the parameters are
     *     as they were before it
     * @throws TrainingFailedException if the loss or the gradient is not finite, in which case the parameters are
     *     unchanged, or libtorch fails
     */
    public Iteration next(Runnable beforeCall) {
        return next(beforeCall, StepObserver.NONE);
    }

    Iteration next(Runnable beforeCall, StepObserver observer) {
        try (NDManager scope = torch.newScope()) {
            double loss = 0;
            NDArray gradient = null;
            for (int i = 0; i < spec.gradientAccumulation(); i++) {
                LoraGradient result = step.run(scope, generator, observer, beforeCall);
                loss += result.loss() / spec.gradientAccumulation();
                gradient = gradient == null ? result.gradient() : gradient.addi(result.gradient());
            }
            if (gradient == null) {
                throw new IllegalStateException("no step was run");
            }
            if (spec.gradientAccumulation() > 1) {
                gradient.muli(1f / spec.gradientAccumulation());
            }
            double norm = gradient.norm().getFloat();
            requireFinite(loss, norm);
            clip(gradient, norm);
            double learningRate = learningRates.at(iteration);
            optimizer.step(scope, gradient, learningRate);
            iteration++;
            return new Iteration(iteration, loss, norm, learningRate);
        } catch (TorchException e) {
            throw new TrainingFailedException("iteration " + (iteration + 1) + " failed: " + e.getMessage(), e);
        }
    }

    private void clip(NDArray gradient, double norm) {
        Double maximum = spec.maxGradientNorm();
        if (maximum != null && norm > maximum) {
            gradient.muli((float) (maximum / (norm + CLIP_EPSILON)));
        }
    }

    private void requireFinite(double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new TrainingFailedException("iteration " + (iteration + 1) + " gave a loss of " + loss
                    + " and a gradient norm of " + norm + "; expected finite numbers. Lower the learning rate ("
                    + learningRates.at(iteration) + ") or compute in FP32 (now " + spec.precision() + ")");
        }
    }

    /** Detaches the LoRA from the UNet and frees the optimizer; the parameters stay with their owner. */
    @Override
    public void close() {
        optimizer.close();
        try (NDManager scope = torch.newScope()) {
            unet.detachLora(scope);
        }
    }

    /**
     * What an iteration did.
     *
     * @param number counted from 1
     * @param loss mean squared error
     * @param gradientNorm Euclidean norm of the gradient, before clipping
     * @param learningRate that was used
     */
    public record Iteration(int number, double loss, double gradientNorm, double learningRate) {}
}
