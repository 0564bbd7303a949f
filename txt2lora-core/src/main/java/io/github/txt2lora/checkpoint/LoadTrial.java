package io.github.txt2lora.checkpoint;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.BinaryOperator;

/** Hands a few tensors of a checkpoint to libtorch, so that a model that is called usable has been loaded once. */
public final class LoadTrial {

    private static final BinaryOperator<TensorView> SMALLER =
            BinaryOperator.minBy(Comparator.comparingLong(TensorView::elements));

    private LoadTrial() {}

    /**
     * Loads the smallest tensor of each number format in each network.
     *
     * @throws CheckpointException if one cannot be loaded; the message names it
     * @throws io.github.txt2lora.StorageException if the file cannot be read
     */
    public static void run(Torch torch, Checkpoint checkpoint) {
        for (Component component : Component.values()) {
            if (checkpoint.family().has(component)) {
                Map<ElementType, TensorView> smallest = new EnumMap<>(ElementType.class);
                checkpoint
                        .tensors(component)
                        .values()
                        .forEach(tensor -> smallest.merge(tensor.type(), tensor, SMALLER));
                smallest.values().forEach(tensor -> load(torch, checkpoint, component, tensor));
            }
        }
    }

    private static void load(Torch torch, Checkpoint checkpoint, Component component, TensorView tensor) {
        try (NDManager scope = torch.newScope()) {
            torch.read(scope, HostTensors.of(tensor));
        } catch (TorchException e) {
            throw new CheckpointException(
                    "%s: tensor %s of the %s cannot be loaded: %s"
                            .formatted(checkpoint.path(), tensor, component.folderName(), e.getMessage()),
                    e);
        }
    }
}
