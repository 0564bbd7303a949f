package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.lora.LoraParameters.Slot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A LoRA file that a training goes on from; its modules take the ranks and scales of the training's. */
public final class StartingLora implements AutoCloseable {

    private static final int NAMES_IN_WARNING = 3;

    /** What a smaller rank may leave out without a word. */
    private static final double LEAST_RETAINED = 0.9995;

    private final LoraSource source;
    private final Map<String, LoraPair> pairs;

    private StartingLora(LoraSource source, Map<String, LoraPair> pairs) {
        this.source = source;
        this.pairs = pairs;
    }

    /**
     * Opens a file and checks that it is for this denoiser.
     *
     * @param weightShapes shapes of the denoiser's weights by their names
     * @throws CheckpointException if it is no LoRA of up and down matrices, damaged, or for another family of models
     */
    public static StartingLora open(Path file, LoraRules rules, Map<String, List<Long>> weightShapes) {
        DenoiserLayers layers = DenoiserLayers.of(rules, weightShapes);
        LoraSource source = LoraSource.open(file);
        try {
            layers.requireFits(source);
            Map<String, LoraPair> pairs = new LinkedHashMap<>();
            for (LoraPair pair : source.pairs()) {
                LoraModule layer = DenoiserLayers.isOfDenoiser(pair) ? layers.find(pair) : null;
                if (layer != null) {
                    pairs.put(layer.name(), pair);
                }
            }
            return new StartingLora(source, pairs);
        } catch (RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** The names of the denoiser's layers that it has a module for. */
    public Set<String> layers() {
        return pairs.keySet();
    }

    /** Its metadata. */
    public Map<String, String> metadata() {
        return source.metadata();
    }

    /** SHA-256 of the bytes after its header, {@code sshs_model_hash}. */
    public String modelHash() {
        return source.modelHash();
    }

    /**
     * Checks that it has a module for one of the trained layers.
     *
     * @throws InvalidSettingException if it has none
     */
    void requireAnyOf(List<LoraModule> trained) {
        if (trained.stream().noneMatch(layer -> pairs.containsKey(layer.name()))) {
            throw new InvalidSettingException(source.path() + " has no module for any of the "
                    + Count.of(trained.size(), "layer") + " to train, such as "
                    + trained.get(0).name() + ", but "
                    + FirstFew.of(source.pairs().stream()
                            .map(pair -> Excerpt.of(pair.module()))
                            .limit(NAMES_IN_WARNING)
                            .toList())
                    + "; expected a LoRA with some of these layers, or another target or type of layers");
        }
    }

    /**
     * Gives a LoRA that changes nothing yet the effect of this one. Modules of a smaller rank are padded: their new
     * rows of down keep the values that they have, those of up stay zero. Of modules of a larger rank the best
     * approximation is taken.
     *
     * @param slots of the LoRA
     * @param values its parameters, which are changed
     * @param warnings is told what of the file is lost, and what it lacks
     * @throws CheckpointException if its numbers are not finite
     */
    void writeTo(List<Slot> slots, float[] values, Consumer<String> warnings) {
        source.warning().ifPresent(warnings);
        warnOfOtherLayers(slots, warnings);
        List<Double> retained = new ArrayList<>();
        try (var algebra = new LazyAlgebra()) {
            for (Slot slot : slots) {
                LoraPair pair = pairs.get(slot.module().name());
                if (pair == null) {
                    continue;
                }
                if (pair.rank() <= slot.rank()) {
                    pad(pair, slot, values);
                } else {
                    retained.add(truncate(algebra.get().decompose(pair), pair, slot, values));
                }
                requireFinite(slot, values);
            }
        }
        warnOfLoss(retained, warnings);
    }

    private static void pad(LoraPair pair, Slot slot, float[] values) {
        float[] down = pair.down().get();
        System.arraycopy(down, 0, values, slot.downOffset(), down.length);
        float[] up = pair.scaledUp(pair.scale() / slot.scale());
        for (int row = 0; row < up.length / pair.rank(); row++) {
            System.arraycopy(up, row * pair.rank(), values, slot.upOffset() + row * slot.rank(), pair.rank());
        }
    }

    /**
     * Rows of an orthogonal matrix are longer than the first values of a down matrix, which learning rates are made for:
     * those are uniform, and so take 1 / sqrt 3 of it.
     */
    private static double truncate(Decomposition parts, LoraPair pair, Slot slot, float[] values) {
        double shorter = 1 / Math.sqrt(3);
        float[] down = parts.down(slot.rank());
        for (int i = 0; i < down.length; i++) {
            values[slot.downOffset() + i] = (float) (down[i] * shorter);
        }
        float[] up = parts.up(slot.rank());
        double factor = pair.scale() / slot.scale() / shorter;
        for (int i = 0; i < up.length; i++) {
            values[slot.upOffset() + i] = (float) (up[i] * factor);
        }
        double retained = parts.s().frobeniusRetained(slot.rank());
        return Double.isNaN(retained) ? 1 : retained;
    }

    private void requireFinite(Slot slot, float[] values) {
        for (int i = slot.downOffset(); i < slot.upOffset() + slot.upSize(); i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(source.path() + " has numbers for the layer "
                        + slot.module().name()
                        + " that are too large once its alpha is that of the training; expected a LoRA that works");
            }
        }
    }

    private void warnOfOtherLayers(List<Slot> slots, Consumer<String> warnings) {
        Set<String> trained = slots.stream().map(slot -> slot.module().name()).collect(Collectors.toSet());
        warn(
                pairs.entrySet().stream()
                        .filter(pair -> !trained.contains(pair.getKey()))
                        .map(pair -> pair.getValue().module())
                        .toList(),
                "has modules for layers that are not trained here, whose effect is lost; target FULL or AUTO and type"
                        + " C3LIER keep more of them",
                warnings);
        warn(
                source.pairs().stream()
                        .filter(pair -> !DenoiserLayers.isOfDenoiser(pair))
                        .map(LoraPair::module)
                        .toList(),
                "has modules for text encoders, which are not trained here; their effect is lost",
                warnings);
        warn(
                trained.stream()
                        .filter(layer -> !pairs.containsKey(layer))
                        .sorted()
                        .toList(),
                "has no modules for layers that are trained here, which start at zero",
                warnings);
    }

    private void warn(List<String> names, String text, Consumer<String> warnings) {
        if (!names.isEmpty()) {
            warnings.accept(source.path() + " " + text + ": "
                    + FirstFew.of(names.stream().map(Excerpt::of).toList(), NAMES_IN_WARNING));
        }
    }

    private void warnOfLoss(List<Double> retained, Consumer<String> warnings) {
        double least = retained.stream().mapToDouble(share -> share).min().orElse(1);
        if (least < LEAST_RETAINED) {
            double mean =
                    retained.stream().mapToDouble(share -> share).average().orElse(1);
            int largest = pairs.values().stream().mapToInt(LoraPair::rank).max().orElseThrow();
            warnings.accept(String.format(
                    Locale.ROOT,
                    "%s has a rank of up to %d, of which the smaller rank of %s keeps %.1f %% in the mean and %.1f %% at"
                            + " least (Frobenius norm); rank %d keeps all",
                    source.path(),
                    largest,
                    Count.of(retained.size(), "module"),
                    100 * mean,
                    100 * least,
                    largest));
        }
    }

    /** Loads libtorch's linear algebra only where it is needed. */
    private static final class LazyAlgebra implements AutoCloseable {

        private final List<LowRankAlgebra> made = new ArrayList<>();

        LowRankAlgebra get() {
            if (made.isEmpty()) {
                made.add(new LowRankAlgebra());
            }
            return made.get(0);
        }

        @Override
        public void close() {
            made.forEach(LowRankAlgebra::close);
        }
    }

    @Override
    public void close() {
        source.close();
    }
}
