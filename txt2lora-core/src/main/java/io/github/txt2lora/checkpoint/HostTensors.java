package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.torch.HostTensor;
import io.github.txt2lora.torch.HostType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors of a file as the bridge to libtorch takes them; nothing is read yet. */
public final class HostTensors {

    private HostTensors() {}

    /**
     * Describes weights for {@link io.github.txt2lora.torch.ScriptModule#load}.
     *
     * @throws CheckpointException if one is not of a floating-point type that networks are kept in
     */
    public static Map<String, HostTensor> of(Map<String, TensorView> tensors) {
        Map<String, HostTensor> result = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> result.put(name, of(tensor)));
        return result;
    }

    /**
     * Describes one tensor.
     *
     * @throws CheckpointException if it is not of a floating-point type that networks are kept in
     */
    public static HostTensor of(TensorView tensor) {
        HostType type = switch (tensor.type()) {
            case F64 -> HostType.F64;
            case F32 -> HostType.F32;
            case F16 -> HostType.F16;
            case BF16 -> HostType.BF16;
            default ->
                throw new CheckpointException("tensor " + Excerpt.quoted(tensor.name()) + " is of type " + tensor.type()
                        + "; expected F16, BF16, F32 or F64 weights");
        };
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        return new HostTensor(tensor::readInto, shape, type);
    }
}
