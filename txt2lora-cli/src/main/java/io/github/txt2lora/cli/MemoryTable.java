package io.github.txt2lora.cli;

import io.github.txt2lora.MemoryFit;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.internal.file.ByteSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Prints where a training fits: a row for each precision and resolution, a column for each device. */
final class MemoryTable {

    private static final String DOES_NOT_FIT = "-";

    private MemoryTable() {}

    /** A row of the table. */
    private record Row(String precision, String resolution) {}

    /** The lines of the table; none where nothing is known. */
    static List<String> lines(List<MemoryFit> fits) {
        if (fits.isEmpty()) {
            return List.of();
        }
        Map<String, String> heads = new LinkedHashMap<>();
        Map<Row, List<String>> rows = new LinkedHashMap<>();
        for (MemoryFit fit : fits) {
            heads.putIfAbsent(fit.device(), head(fit));
            rows.computeIfAbsent(
                            new Row(fit.precision().name(), String.valueOf(fit.resolution())), row -> new ArrayList<>())
                    .add(fit.plan().map(MemoryPlan::inWords).orElse(DOES_NOT_FIT));
        }
        List<List<String>> table = new ArrayList<>();
        table.add(joined("precision", "pixels", List.copyOf(heads.values())));
        rows.forEach((row, cells) -> table.add(joined(row.precision(), row.resolution(), cells)));
        List<String> lines = new ArrayList<>();
        lines.add("  How a step's samples fit into memory (- where they do not):");
        table.forEach(row -> lines.add("  " + padded(row, table)));
        return lines;
    }

    /** Cards are told apart by their size, devices of this machine by their name. */
    private static String head(MemoryFit fit) {
        return fit.device().endsWith("GiB") ? fit.device() : fit.device() + ", " + ByteSize.text(fit.deviceBytes());
    }

    private static List<String> joined(String first, String second, List<String> others) {
        List<String> all = new ArrayList<>(List.of(first, second));
        all.addAll(others);
        return all;
    }

    private static String padded(List<String> row, List<List<String>> table) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            int at = column;
            int width = table.stream()
                    .mapToInt(other -> other.get(at).length())
                    .max()
                    .orElse(0);
            line.append(row.get(column));
            if (column < row.size() - 1) {
                line.append(" ".repeat(width - row.get(column).length() + 2));
            }
        }
        return line.toString();
    }
}
