package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The layers that a training gives a LoRA. */
public final class TrainedLayers {

    private TrainedLayers() {}

    /**
     * The layers that type, target and ranks mean, in the order in which they are initialised; with
     * {@link LoraTarget#AUTO}, those of a LoRA that the training starts from too.
     *
     * @param weightShapes shapes of the denoiser's weights by their names
     * @throws InvalidSettingException if there is none, or none of the LoRA that the training starts from
     * @throws CheckpointException if that LoRA cannot be used
     */
    public static List<LoraModule> of(LoraRules rules, Map<String, List<Long>> weightShapes, TrainingSpec spec) {
        if (!(spec.method().start() instanceof LoraStart.FromLora from)) {
            return rules.select(weightShapes, spec.lora());
        }
        try (StartingLora start = StartingLora.open(from.file(), rules, weightShapes)) {
            Set<String> also = spec.lora().target().equals(LoraTarget.AUTO) ? start.layers() : Set.of();
            List<LoraModule> layers = rules.select(weightShapes, spec.lora(), also);
            start.requireAnyOf(layers);
            return layers;
        }
    }
}
