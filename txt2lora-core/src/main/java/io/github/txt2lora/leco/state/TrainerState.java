package io.github.txt2lora.leco.state;

import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.leco.optimizer.LossScale;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Everything of a trainer that later iterations depend on, in memory of the host.
 *
 * @param iteration iterations made
 * @param generator the random stream, see {@link io.github.txt2lora.torch.TorchGenerator#state()}
 * @param learningRate the full one, before schedule and warm-up; empty in states of versions that always were given it
 * @param learningRateFactor factor on the schedule's learning rates
 * @param lossScale for 16 bits
 * @param parameters the LoRA's vector, float32
 * @param optimizer state of the optimizer, float32 arrays and float64 numbers; empty before its first step
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
public record TrainerState(
        int iteration,
        long[] generator,
        OptionalDouble learningRate,
        double learningRateFactor,
        LossScale lossScale,
        float[] parameters,
        List<TensorView> optimizer) {

    /** Copies the list. */
    public TrainerState {
        optimizer = List.copyOf(optimizer);
    }

    /** The same with a random stream and a factor of the learning rate that are elsewhere. */
    public TrainerState with(long[] newGenerator, double newLearningRateFactor) {
        return new TrainerState(
                iteration, newGenerator, learningRate, newLearningRateFactor, lossScale, parameters, optimizer);
    }
}
