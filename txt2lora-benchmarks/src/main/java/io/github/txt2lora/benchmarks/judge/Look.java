package io.github.txt2lora.benchmarks.judge;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The attributes that a prompt asks for.
 *
 * @param wanted the label by attribute
 */
record Look(Map<String, String> wanted) {

    private static final Map<String, Map<String, String>> OTHER_TAGS =
            Map.of("bangs", Map.of("hair between eyes", "True"));

    /**
     * The attributes that a prompt names.
     *
     * @param prompt tags with commas between them
     */
    static Look of(Judge judge, String prompt) {
        Set<String> tags = Arrays.stream(prompt.split(",")).map(String::strip).collect(Collectors.toSet());
        Map<String, String> wanted = new LinkedHashMap<>();
        judge.labels().forEach((attribute, labels) -> {
            labels.stream().filter(tags::contains).forEach(label -> wanted.put(attribute, label));
            OTHER_TAGS.getOrDefault(attribute, Map.of()).forEach((tag, label) -> {
                if (tags.contains(tag)) {
                    wanted.put(attribute, label);
                }
            });
        });
        return new Look(wanted);
    }

    /** The same without the attributes of another. */
    Look without(Look other) {
        Map<String, String> left = new LinkedHashMap<>(wanted);
        left.keySet().removeAll(other.wanted().keySet());
        return new Look(left);
    }

    /** The share of images that show each wanted attribute. */
    Rates rates(List<Map<String, String>> judged) {
        Map<String, Double> rates = new TreeMap<>();
        wanted.forEach((attribute, label) -> rates.put(
                attribute,
                (double) judged.stream()
                                .filter(seen -> label.equals(seen.get(attribute)))
                                .count()
                        / judged.size()));
        return new Rates(rates);
    }

    /**
     * The frequency of each wanted attribute.
     *
     * @param byAttribute from 0 to 1
     */
    record Rates(Map<String, Double> byAttribute) {

        /** The mean over all attributes. */
        double score() {
            return byAttribute.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElse(Double.NaN);
        }

        /** Each attribute's rate divided by another's; where that is 0, the quotient is 1. */
        Rates dividedBy(Rates other) {
            Map<String, Double> quotients = new TreeMap<>();
            byAttribute.forEach((attribute, rate) -> {
                double divisor = other.byAttribute.getOrDefault(attribute, 0.0);
                quotients.put(attribute, divisor == 0 ? 1 : rate / divisor);
            });
            return new Rates(quotients);
        }

        /** The attribute with the lowest rate. */
        Map.Entry<String, Double> lowest() {
            return byAttribute.entrySet().stream()
                    .min(Map.Entry.comparingByValue())
                    .orElseThrow();
        }
    }
}
