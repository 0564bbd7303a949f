package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.text.Conditioning;
import java.util.function.UnaryOperator;

/**
 * Classifier-free guidance, {@code u + scale (c - u)} (Ho, Salimans, arXiv 2207.12598): the prediction that the steps
 * of a scheduler follow.
 */
@FunctionalInterface
public interface Guidance {

    /** Predicts for latents as the scheduler scales them; the scope owns the result. */
    NDArray predict(NDManager scope, NDArray input, double timestep);

    /**
     * The prediction for a prompt as it is: guidance of scale 1.
     *
     * @param loraStrength multiplies the LoRA that is attached to the network; 0 turns it off
     */
    static Guidance none(Denoiser denoiser, double loraStrength, Conditioning conditional) {
        return (scope, input, timestep) -> denoiser.predict(scope, input, timestep, conditional, loraStrength);
    }

    /**
     * Guidance by one prompt, for which both predictions come from one batch.
     *
     * @param loraStrength multiplies the LoRA that is attached to the network; 0 turns it off
     * @param conditioning unconditional rows, then conditional rows
     */
    static Guidance of(Denoiser denoiser, double loraStrength, Conditioning conditioning, double scale) {
        return (scope, input, timestep) -> {
            NDArray twice = NDArrays.concat(new NDList(input, input), 0);
            NDArray both = denoiser.predict(scope, twice, timestep, conditioning, loraStrength);
            long batchSize = input.getShape().get(0);
            NDArray unconditional = both.get("0:" + batchSize);
            NDArray conditional = both.get(batchSize + ":");
            return guided(unconditional, unconditional, conditional, difference -> difference.mul((float) scale));
        };
    }

    /**
     * One prompt's share in the guided prediction: {@code start + scaled(c - u)}.
     *
     * @param start the unconditional prediction, with the shares of the prompts before
     */
    static NDArray guided(NDArray start, NDArray unconditional, NDArray conditional, UnaryOperator<NDArray> scaled) {
        return start.add(scaled.apply(conditional.sub(unconditional)));
    }
}
