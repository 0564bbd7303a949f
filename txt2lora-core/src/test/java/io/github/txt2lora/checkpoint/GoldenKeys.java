package io.github.txt2lora.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.golden.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The recorded names and shapes of a family's tensors in both layouts. */
record GoldenKeys(Path file, StableDiffusion family, List<Row> rows, Map<String, List<Long>> extras) {

    /** One tensor of diffusers and where the single file has it. */
    record Row(
            Component component,
            String diffusersName,
            List<Long> diffusersShape,
            String singleFileKey,
            List<Long> singleFileShape,
            String op) {}

    /** All recordings, none when the topic is absent. */
    static List<GoldenKeys> all() {
        return Recordings.ALL;
    }

    /** Read once, since they are long. */
    private static final class Recordings {
        static final List<GoldenKeys> ALL =
                jsonFiles().stream().map(GoldenKeys::read).toList();
    }

    private static List<Path> jsonFiles() {
        Path folder = Golden.file("keys");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GoldenKeys read(Path file) {
        JsonNode json;
        try {
            json = new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Row> rows = new ArrayList<>();
        for (JsonNode row : json.get("rows")) {
            String component = row.get(0).asText();
            List<Long> shape = shape(row.get(2));
            rows.add(new Row(
                    Component.valueOf(component.toUpperCase(Locale.ROOT)),
                    row.get(1).asText(),
                    shape,
                    json.get("prefix").get(component).asText() + row.get(3).asText(),
                    row.get(4).isNull() ? shape : shape(row.get(4)),
                    row.get(5).asText()));
        }
        Map<String, List<Long>> extras = new LinkedHashMap<>();
        json.get("extras").properties().forEach(field -> extras.put(field.getKey(), shape(field.getValue())));
        return new GoldenKeys(
                file, StableDiffusion.valueOf(json.get("family").asText().toUpperCase(Locale.ROOT)), rows, extras);
    }

    private static List<Long> shape(JsonNode sizes) {
        List<Long> shape = new ArrayList<>();
        sizes.forEach(size -> shape.add(size.asLong()));
        return shape;
    }

    /** The single file, without any data. */
    Map<String, TensorView> singleFile() {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        extras.forEach((key, shape) -> tensors.put(key, header(key, shape)));
        rows.forEach(row -> tensors.put(row.singleFileKey(), header(row.singleFileKey(), row.singleFileShape())));
        return tensors;
    }

    /** The weights of one network in diffusers' folder, without any data. */
    Map<String, TensorView> folder(Component component) {
        Map<String, TensorView> tensors = new LinkedHashMap<>();
        rows.stream()
                .filter(row -> row.component() == component)
                .forEach(row -> tensors.put(row.diffusersName(), header(row.diffusersName(), row.diffusersShape())));
        return tensors;
    }

    static TensorView header(String key, List<Long> shape) {
        return new TensorView(key, ElementType.F16, shape, () -> {
            throw new AssertionError("the data of '%s' must not be read".formatted(key));
        });
    }

    @Override
    public String toString() {
        return String.valueOf(file.getFileName());
    }
}
