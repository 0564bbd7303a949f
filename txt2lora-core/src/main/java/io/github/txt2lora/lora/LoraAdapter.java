package io.github.txt2lora.lora;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.image.LoraWeight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads LoRA files for use: several become one, exactly, by stacking their ranks, with each one's weight and alpha /
 * rank multiplied into its up matrix.
 */
public final class LoraAdapter {

    private static final String DOWN = ".lora_down.weight";
    private static final String UP = ".lora_up.weight";
    private static final String ALPHA = ".alpha";
    private static final int NAMES_IN_MESSAGE = 3;

    private LoraAdapter() {}

    /**
     * Loads LoRAs in kohya's naming.
     *
     * @param owner the scope that will own the parameters
     * @param loras at least one file, each with its weight
     * @param weightShapes shapes of the UNet's weights by their diffusers names
     * @throws CheckpointException if a file is damaged, has modules that the UNet lacks, or does not fit its shapes
     */
    public static LoraParameters load(NDManager owner, List<LoraWeight> loras, Map<String, List<Long>> weightShapes) {
        List<LoraModule> modules = LoraModules.all(weightShapes);
        List<OpenLora> open = new ArrayList<>();
        try {
            for (LoraWeight lora : loras) {
                open.add(OpenLora.of(lora, modules));
            }
            return stack(owner, open, modules);
        } finally {
            open.forEach(OpenLora::close);
        }
    }

    private static LoraParameters stack(NDManager owner, List<OpenLora> loras, List<LoraModule> modules) {
        List<LoraParameters.Slot> slots = new ArrayList<>();
        List<float[]> parts = new ArrayList<>();
        int offset = 0;
        for (LoraModule module : modules) {
            List<Factors> factors = loras.stream()
                    .flatMap(lora -> lora.factors(module).stream())
                    .toList();
            if (factors.isEmpty()) {
                continue;
            }
            int rank = factors.stream().mapToInt(Factors::rank).sum();
            var slot = new LoraParameters.Slot(module, rank, 1, offset, offset + rank * module.fanIn());
            slots.add(slot);
            factors.forEach(factor -> parts.add(factor.down()));
            parts.add(stackUps(factors, module.outputs(), rank));
            offset = slot.upOffset() + slot.upSize();
        }
        float[] values = new float[offset];
        int position = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, values, position, part.length);
            position += part.length;
        }
        return LoraParameters.of(owner, slots, values);
    }

    /** Puts [outputs, rank] matrices side by side. */
    private static float[] stackUps(List<Factors> factors, int outputs, int rank) {
        float[] stacked = new float[outputs * rank];
        int column = 0;
        for (Factors factor : factors) {
            for (int row = 0; row < outputs; row++) {
                System.arraycopy(factor.up(), row * factor.rank(), stacked, row * rank + column, factor.rank());
            }
            column += factor.rank();
        }
        return stacked;
    }

    /** One module's matrices in one file; up is already multiplied by weight and alpha / rank. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and read only here
    private record Factors(int rank, float[] down, float[] up) {}

    private record OpenLora(SafetensorsFile file, Path path, double weight) {

        static OpenLora of(LoraWeight lora, List<LoraModule> modules) {
            SafetensorsFile file = SafetensorsFile.open(lora.file());
            var open = new OpenLora(file, lora.file(), lora.weight());
            try {
                open.requireKnownModules(modules);
            } catch (RuntimeException e) {
                file.close();
                throw e;
            }
            return open;
        }

        private void requireKnownModules(List<LoraModule> modules) {
            Set<String> known =
                    modules.stream().map(LoraModule::loraName).collect(Collectors.toCollection(HashSet::new));
            List<String> unknown = file.tensors().stream()
                    .map(TensorView::name)
                    .filter(name -> name.contains("."))
                    .map(name -> name.substring(0, name.indexOf('.')))
                    .distinct()
                    .filter(name -> !known.contains(name))
                    .toList();
            if (!unknown.isEmpty()) {
                throw new CheckpointException(path + " has " + unknown.size()
                        + " modules that this model lacks, for example "
                        + unknown.stream().limit(NAMES_IN_MESSAGE).collect(Collectors.joining(", "))
                        + "; expected a LoRA of the UNet of the same model family");
            }
        }

        List<Factors> factors(LoraModule module) {
            String name = module.loraName();
            if (file.find(name + DOWN).isEmpty() && file.find(name + UP).isEmpty()) {
                return List.of();
            }
            TensorView down = file.tensor(name + DOWN);
            TensorView up = file.tensor(name + UP);
            int rank = down.shape().isEmpty() ? 0 : Math.toIntExact(down.shape().get(0));
            require(down, rank * (long) module.fanIn(), module);
            require(up, rank * (long) module.outputs(), module);
            double alpha = file.find(name + ALPHA)
                    .map(tensor -> (double) tensor.toFloats()[0])
                    .orElse((double) rank);
            float[] scaled = up.toFloats();
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = (float) (scaled[i] * weight * alpha / rank);
            }
            return List.of(new Factors(rank, down.toFloats(), scaled));
        }

        private void require(TensorView tensor, long elements, LoraModule module) {
            if (elements == 0 || tensor.elements() != elements) {
                throw new CheckpointException(path + ": " + tensor.name() + " has the shape " + tensor.shape()
                        + ", which does not fit the layer " + module.name() + " with " + module.inputs()
                        + " inputs and " + module.outputs() + " outputs; expected a LoRA of the same model family");
            }
        }

        void close() {
            file.close();
        }
    }
}
