package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraInfo;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Describes a LoRA for people and for machines. */
record LoraDescription(LoraInfo lora) {

    /** The network and its block, with the number of one of several. */
    private static final Pattern BLOCK = Pattern.compile("^([^.]+\\.[^.]+(?:\\.\\d+)?).*$", Pattern.DOTALL);

    /** One line. */
    String summary() {
        return lora.file() + ": " + Count.of(lora.modules().size(), "module") + " of rank " + ranks() + ", for "
                + family();
    }

    /** All there is to say. */
    String text() {
        StringBuilder text = new StringBuilder(summary());
        line(text, "networks: " + networks());
        if (rankStatistics().getMin() != rankStatistics().getMax()) {
            line(text, "ranks: " + String.join(", ", ranksOfBlocks()));
        }
        line(text, "naming: " + lora.naming());
        line(text, "numbers: " + String.join(", ", new TreeSet<>(lora.numberFormats())));
        line(text, "hash: " + hash());
        line(text, lora.metadata().isEmpty() ? "metadata: none" : "metadata:");
        lora.metadata().forEach((key, value) -> line(text, "  " + Excerpt.of(key) + ": " + Excerpt.of(value)));
        return text.toString();
    }

    /** Puts all of it into an object. */
    JsonLine json(JsonLine line) {
        IntSummaryStatistics ranks = rankStatistics();
        return line.put("file", lora.file())
                .put("family", family())
                .put("modules", lora.modules().size())
                .put("minRank", ranks.getMin())
                .put("maxRank", ranks.getMax())
                .put("networks", modulesOfNetworks().keySet())
                .put("naming", lora.naming().name())
                .put("numberFormats", new TreeSet<>(lora.numberFormats()))
                .put("hash", lora.hash().result().name())
                .put("modelHash", lora.hash().computed())
                .put("metadata", lora.metadata());
    }

    /** As its trainer wrote it down. */
    private String family() {
        String version = lora.metadata().get("ss_base_model_version");
        String architecture = lora.metadata().get("modelspec.architecture");
        return Excerpt.of(Objects.requireNonNullElse(
                version, Objects.requireNonNullElse(architecture, "a model that its metadata do not name")));
    }

    private String ranks() {
        return text(rankStatistics());
    }

    private static String text(IntSummaryStatistics ranks) {
        return ranks.getMin() == ranks.getMax()
                ? String.valueOf(ranks.getMin())
                : ranks.getMin() + " to " + ranks.getMax();
    }

    private IntSummaryStatistics rankStatistics() {
        return statistics(lora.modules());
    }

    private static IntSummaryStatistics statistics(List<LoraInfo.Module> modules) {
        return modules.stream().mapToInt(LoraInfo.Module::rank).summaryStatistics();
    }

    /** The ranks of each block of each network, such as {@code unet.mid_block 8}. */
    private List<String> ranksOfBlocks() {
        Map<String, List<LoraInfo.Module>> blocks = lora.modules().stream()
                .collect(Collectors.groupingBy(
                        module -> BLOCK.matcher(module.layer()).replaceFirst("$1"), TreeMap::new, Collectors.toList()));
        return blocks.entrySet().stream()
                .map(block -> Excerpt.of(block.getKey()) + " " + text(statistics(block.getValue())))
                .toList();
    }

    private String networks() {
        return modulesOfNetworks().entrySet().stream()
                .map(network -> network.getKey() + " (" + network.getValue() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The number of modules of each network, by its folder in the diffusers layout. */
    private Map<String, Integer> modulesOfNetworks() {
        Map<String, Integer> networks = new TreeMap<>();
        lora.modules().forEach(module -> {
            String network = module.layer().substring(0, module.layer().indexOf('.'));
            networks.merge(network, 1, Integer::sum);
        });
        return networks;
    }

    private String hash() {
        HashCheck hash = lora.hash();
        return switch (hash.result()) {
            case MATCHES -> "matches, " + hash.computed();
            case DIFFERS ->
                "DIFFERS: the file states " + Excerpt.of(hash.stated().orElse("none")) + ", its content has "
                        + hash.computed();
            case ABSENT -> "none stated; the content has " + hash.computed();
        };
    }

    private static void line(StringBuilder text, String line) {
        text.append(System.lineSeparator()).append("  ").append(line);
    }
}
