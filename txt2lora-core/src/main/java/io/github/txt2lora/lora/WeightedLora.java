package io.github.txt2lora.lora;

import io.github.txt2lora.image.LoraWeight;
import java.util.ArrayList;
import java.util.List;

/** An opened LoRA and how much of it is used. */
record WeightedLora(LoraSource source, LoraWeight weight) implements AutoCloseable {

    /** Opens all, or none. */
    static List<WeightedLora> openAll(List<LoraWeight> loras) {
        List<WeightedLora> open = new ArrayList<>();
        try {
            for (LoraWeight lora : loras) {
                open.add(new WeightedLora(LoraSource.open(lora.file()), lora));
            }
            return List.copyOf(open);
        } catch (RuntimeException e) {
            open.forEach(WeightedLora::close);
            throw e;
        }
    }

    /** The weight of the module of a network. */
    double weightOf(LoraPair pair) {
        return pair.name().network().isDenoiser() ? weight.weight() : weight.textEncoderWeight();
    }

    @Override
    public void close() {
        source.close();
    }
}
