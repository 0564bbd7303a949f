package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraTarget;
import java.util.ArrayList;
import java.util.List;

/** The keys that choose layers by their names, which are texts, lists or, for ranks, keys and values. */
final class LayerKeys {

    private LayerKeys() {}

    static void readTarget(SettingsDraft draft, SettingKey key) {
        if (draft.keys().isList(key)) {
            draft.set(
                    key,
                    draft.keys().texts(key),
                    (target, names) -> target.lora().target(LoraTarget.names(names)));
        } else {
            draft.set(
                    key,
                    draft.keys().value(key, Kind.LORA_TARGET),
                    (target, layers) -> target.lora().target(layers));
        }
    }

    static void readRanks(SettingsDraft draft, SettingKey key) {
        boolean isList = draft.keys().isList(key);
        draft.set(
                key,
                draft.keys().texts(key),
                (target, ranks) -> target.lora().layerRanks(ranks(isList ? ranks : split(ranks.get(0)))));
    }

    static String write(List<LayerRank> ranks) {
        return ScalarText.texts(ranks.stream().map(LayerRank::toString).toList());
    }

    /** Ranks one by one, or kohya's numbers of all blocks. */
    private static List<LayerRank> ranks(List<String> texts) {
        List<String> parts = texts.stream()
                .map(String::strip)
                .filter(part -> !part.isEmpty())
                .toList();
        if (!parts.isEmpty() && parts.stream().allMatch(part -> part.matches("\\d{1,9}"))) {
            return LayerRank.ofBlocks(parts.stream().map(Integer::valueOf).toList());
        }
        return parts.stream().map(LayerKeys::rank).toList();
    }

    private static LayerRank rank(String text) {
        LayerRank rank = Kind.LAYER_RANK.reader().apply(text);
        if (rank == null) {
            throw new InvalidSettingException("is " + Problems.quote(text) + "; expected " + Kind.LAYER_RANK.expected()
                    + "; or, as kohya's block_dims, 25 numbers, for SDXL 23");
        }
        return rank;
    }

    /** The parts of a text between commas outside of brackets. */
    private static List<String> split(String text) {
        String inside = text.strip();
        if (inside.startsWith("[") && inside.endsWith("]")) {
            inside = inside.substring(1, inside.length() - 1);
        }
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < inside.length(); i++) {
            switch (inside.charAt(i)) {
                case '(', '[', '{' -> depth++;
                case ')', ']', '}' -> depth--;
                case ',' -> {
                    if (depth <= 0) {
                        parts.add(inside.substring(begin, i));
                        begin = i + 1;
                    }
                }
                default -> {}
            }
        }
        parts.add(inside.substring(begin));
        return parts;
    }
}
