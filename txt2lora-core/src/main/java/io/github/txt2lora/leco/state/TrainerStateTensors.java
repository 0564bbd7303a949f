package io.github.txt2lora.leco.state;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.leco.optimizer.LossScale;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** The tensors of a {@link TrainerState} in a state file, which may hold two of them. */
final class TrainerStateTensors {

    private static final String GENERATOR = "generator";
    private static final String PARAMETERS = "parameters";
    private static final String LEARNING_RATE = "learning_rate";
    private static final String OPTIMIZER = "optimizer.";

    private TrainerStateTensors() {}

    /** Adds a state to a file's content, under names with a prefix. */
    static void put(String prefix, TrainerState state, Map<String, String> metadata, List<TensorView> tensors) {
        metadata.put(prefix + "iteration", Integer.toString(state.iteration()));
        state.learningRate().ifPresent(rate -> metadata.put(prefix + LEARNING_RATE, Double.toString(rate)));
        metadata.put(prefix + "learning_rate_factor", Double.toString(state.learningRateFactor()));
        metadata.put(prefix + "loss_scale", Double.toString(state.lossScale().factor()));
        metadata.put(
                prefix + "loss_scale_steps", Integer.toString(state.lossScale().steps()));
        tensors.add(TensorView.of(prefix + GENERATOR, state.generator()));
        tensors.add(TensorView.of(prefix + PARAMETERS, state.parameters()));
        state.optimizer()
                .forEach(tensor -> tensors.add(new TensorView(
                        prefix + OPTIMIZER + tensor.name(), tensor.type(), tensor.shape(), tensor::bytes)));
    }

    /** Copies a state from a file. */
    static TrainerState take(String prefix, SafetensorsFile file, StateFields fields) {
        String optimizer = prefix + OPTIMIZER;
        List<TensorView> remembered = file.tensors().stream()
                .filter(tensor -> tensor.name().startsWith(optimizer))
                .map(tensor -> copy(file, tensor, optimizer.length()))
                .toList();
        return new TrainerState(
                fields.count(prefix + "iteration"),
                toLongs(file, file.tensor(prefix + GENERATOR)),
                fields.metadata().containsKey(prefix + LEARNING_RATE)
                        ? OptionalDouble.of(fields.positive(prefix + LEARNING_RATE))
                        : OptionalDouble.empty(),
                fields.positive(prefix + "learning_rate_factor"),
                new LossScale(fields.positive(prefix + "loss_scale"), fields.count(prefix + "loss_scale_steps")),
                file.tensor(prefix + PARAMETERS).toFloats(),
                remembered);
    }

    /** The optimizers' scripts know float32 arrays and float64 numbers. */
    private static TensorView copy(SafetensorsFile file, TensorView tensor, int prefixLength) {
        boolean isNumber = tensor.shape().isEmpty();
        if (tensor.type() != (isNumber ? ElementType.F64 : ElementType.F32)) {
            throw new CheckpointException(
                    file.path() + " holds " + tensor + "; expected an F32 array or an F64 number");
        }
        ByteBuffer bytes = tensor.bytes();
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        return new TensorView(tensor.name().substring(prefixLength), tensor.type(), tensor.shape(), copy::duplicate);
    }

    private static long[] toLongs(SafetensorsFile file, TensorView tensor) {
        if (tensor.type() != ElementType.I64) {
            throw new CheckpointException(file.path() + " holds " + tensor + "; expected elements of type I64");
        }
        ByteBuffer bytes = tensor.bytes();
        long[] values = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(values);
        return values;
    }
}
