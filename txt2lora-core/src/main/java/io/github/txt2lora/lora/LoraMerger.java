package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.DecimalText;
import io.github.txt2lora.internal.Excerpt;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Puts several LoRAs together by putting their ranks one after the other: [up1 up2] x [down1; down2] is the sum of the
 * products, so nothing is lost. Weights and alpha / rank are multiplied into up; alpha is the rank.
 */
final class LoraMerger {

    /** Metadata that describe a file itself, and so do not pass on to the merged one. */
    private static final List<String> OF_THE_FILE = List.of(
            "sshs_model_hash", "sshs_legacy_hash", "ss_network_dim", "ss_network_alpha", "modelspec.hash_sha256");

    private final List<WeightedLora> loras;

    LoraMerger(List<WeightedLora> loras) {
        this.loras = loras;
    }

    private record Part(LoraPair pair, WeightedLora lora) {}

    /**
     * The merged modules: those of the first LoRA in its order, then those that only others have.
     *
     * @throws CheckpointException if two have different shapes for a layer
     */
    List<LoraPair> pairs() {
        Map<LayerName, List<Part>> layers = new LinkedHashMap<>();
        for (WeightedLora lora : loras) {
            for (LoraPair pair : lora.source().pairs()) {
                layers.computeIfAbsent(pair.name(), name -> new ArrayList<>()).add(new Part(pair, lora));
            }
        }
        return layers.values().stream().map(LoraMerger::stack).toList();
    }

    private static LoraPair stack(List<Part> parts) {
        Part first = parts.get(0);
        for (Part part : parts) {
            if (!part.pair().layer().fits(first.pair().layer())) {
                throw new CheckpointException(part.lora().source().path() + ": module "
                        + Excerpt.quoted(part.pair().module()) + " is for a layer of "
                        + describe(part.pair().layer()) + ", but in "
                        + first.lora().source().path() + " for one of "
                        + describe(first.pair().layer()) + "; expected LoRAs of the same model family");
            }
        }
        int rank = parts.stream().mapToInt(part -> part.pair().rank()).sum();
        LoraPair pair = first.pair();
        return new LoraPair(
                pair.module(),
                pair.name(),
                pair.layer(),
                rank,
                rank,
                commonType(parts),
                () -> downs(parts, pair.layer().fanIn(), rank),
                () -> ups(parts, pair.layer().outputs(), rank));
    }

    private static String describe(LayerShape layer) {
        return Count.of(layer.fanIn(), "input") + " and " + Count.of(layer.outputs(), "output");
    }

    private static ElementType commonType(List<Part> parts) {
        ElementType type = parts.get(0).pair().type();
        return parts.stream().allMatch(part -> part.pair().type() == type) ? type : ElementType.F32;
    }

    private static float[] downs(List<Part> parts, int fanIn, int rank) {
        float[] stacked = new float[Math.multiplyExact(rank, fanIn)];
        int offset = 0;
        for (Part part : parts) {
            float[] down = part.pair().down().get();
            System.arraycopy(down, 0, stacked, offset, down.length);
            offset += down.length;
        }
        return stacked;
    }

    /** Puts [outputs, rank] matrices side by side. */
    private static float[] ups(List<Part> parts, int outputs, int rank) {
        float[] stacked = new float[Math.multiplyExact(outputs, rank)];
        int column = 0;
        for (Part part : parts) {
            LoraPair pair = part.pair();
            float[] up = pair.scaledUp(pair.scale() * part.lora().weightOf(pair));
            for (int row = 0; row < outputs; row++) {
                System.arraycopy(up, row * pair.rank(), stacked, row * rank + column, pair.rank());
            }
            column += pair.rank();
        }
        return stacked;
    }

    /** The metadata that all files agree on, and a description of the merge. */
    Map<String, String> metadata(List<LoraPair> merged) {
        Map<String, String> common = new TreeMap<>(loras.get(0).source().metadata());
        loras.forEach(
                lora -> common.entrySet().retainAll(lora.source().metadata().entrySet()));
        OF_THE_FILE.forEach(common::remove);
        List<Integer> ranks = merged.stream().map(LoraPair::rank).distinct().toList();
        common.put("ss_network_dim", ranks.size() == 1 ? ranks.get(0).toString() : "Dynamic");
        common.put("ss_network_alpha", ranks.size() == 1 ? DecimalText.of(ranks.get(0)) : "Dynamic");
        common.put(
                "ss_training_comment",
                "merged from "
                        + loras.stream()
                                .map(lora -> lora.source().path().getFileName() + " (" + text(lora.weight()) + ")")
                                .collect(Collectors.joining(", ")));
        return common;
    }

    private static String text(LoraWeight lora) {
        return lora.hasOneWeight() ? String.valueOf(lora.weight()) : lora.textEncoderWeight() + ":" + lora.weight();
    }
}
