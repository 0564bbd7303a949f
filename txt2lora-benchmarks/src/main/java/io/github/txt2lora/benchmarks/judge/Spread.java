package io.github.txt2lora.benchmarks.judge;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How often each label of each attribute comes in some images.
 *
 * @param byAttribute shares by label, from 0 to 1
 */
record Spread(Map<String, Map<String, Double>> byAttribute) {

    /** Of judged images. */
    static Spread of(List<Map<String, String>> judged) {
        Map<String, Map<String, Double>> shares = new TreeMap<>();
        for (Map<String, String> image : judged) {
            image.forEach((attribute, label) -> shares.computeIfAbsent(attribute, any -> new TreeMap<>())
                    .merge(label, 1.0 / judged.size(), Double::sum));
        }
        return new Spread(shares);
    }

    /** The share of images with a label. */
    double share(String attribute, String label) {
        return byAttribute.getOrDefault(attribute, Map.of()).getOrDefault(label, 0.0);
    }

    /** How far an attribute is from that in other images: the share of images whose label would have to change. */
    double moved(String attribute, Spread other) {
        Set<String> labels =
                new HashSet<>(byAttribute.getOrDefault(attribute, Map.of()).keySet());
        labels.addAll(other.byAttribute.getOrDefault(attribute, Map.of()).keySet());
        return labels.stream()
                        .mapToDouble(label -> Math.abs(share(attribute, label) - other.share(attribute, label)))
                        .sum()
                / 2;
    }

    /** As {@link #moved}, the mean over all attributes but one. */
    double othersMoved(String attribute, Spread other) {
        return byAttribute.keySet().stream()
                .filter(each -> !each.equals(attribute))
                .mapToDouble(each -> moved(each, other))
                .average()
                .orElse(0);
    }
}
