package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The modules of full-size models, in LECO's order, by the names and shapes of their weights alone. */
@Tag("parity")
class LoraModulesParityTest {

    @TestFactory
    Stream<DynamicTest> full_is_what_leco_selects() {
        List<Path> files = GoldenCases.files("lora/names", ".json").stream()
                .filter(file -> file.getFileName().toString().startsWith("leco."))
                .toList();
        return GoldenCases.each("lora/names", files, LoraModulesParityTest::compare);
    }

    private static void compare(Path file) {
        String model = GoldenCases.name(file, ".json").substring("leco.".length());
        Path keys = Golden.file("keys/" + model + ".json");
        assumeThat(keys).exists();
        Map<String, List<Long>> shapes = unetShapes(read(keys));
        JsonNode recorded = read(file);
        for (LoraType type : LoraType.values()) {
            JsonNode variant = newest(recorded.get("variants"), type);
            List<String> expected = rows(recorded.get("rows"), variant.get("runs"));
            assertThat(expected).hasSize(variant.get("count").asInt());
            assertThat(new UNetLoraRules()
                            .select(
                                    shapes,
                                    LoraSpec.builder()
                                            .type(type)
                                            .target(LoraTarget.FULL)
                                            .build()))
                    .extracting(LoraModulesParityTest::row)
                    .containsExactlyElementsOf(expected);
        }
    }

    /** Libraries are recorded from the newest on. */
    private static JsonNode newest(JsonNode variants, LoraType type) {
        String ending = " / " + type.name().toLowerCase(Locale.ROOT) + " / full";
        return variants.properties().stream()
                .filter(variant -> variant.getKey().endsWith(ending))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    private static List<String> rows(JsonNode rows, JsonNode runs) {
        List<String> chosen = new ArrayList<>();
        for (JsonNode run : runs) {
            for (int i = run.get(0).asInt(); i <= run.get(1).asInt(); i++) {
                chosen.add(String.join(" ", texts(rows.get(i))));
            }
        }
        return chosen;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    /** Name, kind, inputs, outputs and, of convolutions, kernel and stride. */
    private static String row(LoraModule module) {
        List<Long> inputs = module.shape().inputs();
        String common = inputs.get(0) + " " + module.shape().outputs();
        return module.shape().isConvolution()
                ? "%s conv %s %d %d".formatted(module.loraName(), common, inputs.get(1), module.stride())
                : "%s linear %s".formatted(module.loraName(), common);
    }

    private static Map<String, List<Long>> unetShapes(JsonNode keys) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (JsonNode row : keys.get("rows")) {
            if (row.get(0).asText().equals("unet")) {
                List<Long> shape = new ArrayList<>();
                row.get(2).forEach(size -> shape.add(size.asLong()));
                shapes.put(row.get(1).asText(), shape);
            }
        }
        return shapes;
    }

    private static JsonNode read(Path file) {
        try {
            return new ObjectMapper().readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
