package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors described in lines of text, so that a fuzzer changes names and shapes rather than offsets: {@code F16 2,3 name}
 * is a tensor, {@code @key value} an entry of the metadata. Lines that are neither are skipped.
 */
public record TensorLines(Map<String, String> metadata, List<Line> tensors) {

    /** A tensor. */
    public record Line(ElementType type, List<Long> shape, String name) {}

    /** Reads lines. */
    public static TensorLines parse(String text) {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Line> tensors = new ArrayList<>();
        text.lines().forEach(line -> {
            if (line.startsWith("@")) {
                int space = line.indexOf(' ');
                metadata.put(
                        line.substring(1, space < 0 ? line.length() : space),
                        space < 0 ? "" : line.substring(space + 1));
            } else {
                addTensor(tensors, line);
            }
        });
        return new TensorLines(metadata, tensors);
    }

    private static void addTensor(List<Line> tensors, String line) {
        String[] words = line.split(" ", 3);
        if (words.length == 3) {
            List<Long> shape = new ArrayList<>();
            for (String size : words[1].split(",", -1)) {
                if (size.matches("[0-9]{1,18}")) {
                    shape.add(Long.valueOf(size));
                }
            }
            tensors.add(new Line(ElementType.named(words[0]).orElse(ElementType.F16), shape, words[2]));
        }
    }

    /**
     * A safetensors file of them; tensors that would make its data longer than a limit are left out.
     *
     * @param mostBytes the limit
     */
    public byte[] toSafetensors(int mostBytes) {
        ObjectNode header = new ObjectMapper().createObjectNode();
        ObjectNode entries = header.putObject("__metadata__");
        metadata.forEach(entries::put);
        int end = 0;
        for (Line line : tensors) {
            long bytes = byteSize(line, mostBytes);
            if (end + bytes <= mostBytes && !header.has(line.name)) {
                ObjectNode entry = header.putObject(line.name).put("dtype", line.type.name());
                line.shape.forEach(entry.putArray("shape")::add);
                entry.putArray("data_offsets").add(end).add(end + bytes);
                end += (int) bytes;
            }
        }
        return RawSafetensors.bytes(header.toString(), end);
    }

    /** The size of a tensor, or more than the limit for any that exceeds it. */
    private static long byteSize(Line line, int mostBytes) {
        long bytes = line.type.bytes();
        for (long size : line.shape) {
            if (size > mostBytes || bytes * size > mostBytes) {
                return mostBytes + 1L;
            }
            bytes *= size;
        }
        return bytes;
    }
}
