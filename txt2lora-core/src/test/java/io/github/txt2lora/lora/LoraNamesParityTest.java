package io.github.txt2lora.lora;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The recorded module lists of full-size models are understood. */
@Tag("parity")
class LoraNamesParityTest {

    private static final String ENDING = ".json";

    @TestFactory
    Stream<DynamicTest> every_name_is_that_of_a_layer_and_of_no_other() {
        return lists(file -> {
            List<LayerName> layers = new ArrayList<>();
            for (String name : names(file)) {
                LayerName layer = LayerName.ofModule(name).orElseThrow();
                assertThat(layer.path())
                        .matches(
                                layer.network() == Component.UNET
                                        ? "((down|up)_blocks\\.\\d|mid_block)\\.[a-z]+\\.\\d\\.[a-z0-9_.]+"
                                        : "text_model\\.encoder\\.layers\\.\\d+\\.(self_attn\\.[a-z]+_proj|mlp\\.fc[12])");
                layers.add(layer);
            }
            assertThat(layers).isNotEmpty().doesNotHaveDuplicates();
        });
    }

    @TestFactory
    Stream<DynamicTest> layers_of_the_model_are_found_by_their_names() {
        return lists(file -> {
            String model = file.getFileName().toString().split("\\.", -1)[1];
            Path keys = Golden.file("keys/" + model + ENDING);
            Assumptions.assumeTrue(Files.exists(keys), "no recording " + keys);
            Map<String, List<Long>> shapes = shapes(keys);
            JsonNode rows = json(file).path("rows");
            for (JsonNode row : rows) {
                LayerName layer = LayerName.ofModule(row.get(0).asText()).orElseThrow();
                List<Long> shape = shapes.get(layer.diffusers());
                assertThat(shape).as(row.get(0).asText()).isNotNull();
                assertThat(shape.get(0)).isEqualTo(row.get(3).asLong());
                assertThat(shape.get(1)).isEqualTo(row.get(2).asLong());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> names_of_layers_are_written_as_they_were_read() {
        return lists(file -> {
            for (String name : names(file)) {
                if (!name.matches("lora_unet_(input|middle|output)_.*")) {
                    LayerName layer = LayerName.ofModule(name).orElseThrow();
                    assertThat(layer.kohya(name.startsWith("lora_te1_"))).isEqualTo(name);
                    assertThat(LayerName.ofModule(layer.diffusers())).hasValue(layer);
                }
            }
        });
    }

    private static Stream<DynamicTest> lists(Consumer<Path> test) {
        List<Path> files = GoldenCases.files("lora/names", ENDING).stream()
                .filter(file -> json(file).has("rows"))
                .toList();
        return GoldenCases.each("lora/names", files, test);
    }

    private static List<String> names(Path file) {
        List<String> names = new ArrayList<>();
        json(file).path("rows").forEach(row -> names.add(row.get(0).asText()));
        return names;
    }

    private static Map<String, List<Long>> shapes(Path keys) {
        Map<String, List<Long>> shapes = new TreeMap<>();
        for (JsonNode row : json(keys).path("rows")) {
            List<Long> shape = new ArrayList<>();
            row.get(2).forEach(size -> shape.add(size.asLong()));
            String name = row.get(1).asText();
            if (name.endsWith(".weight")) {
                shapes.put(row.get(0).asText() + "." + name.substring(0, name.length() - ".weight".length()), shape);
            }
        }
        return shapes;
    }

    private static JsonNode json(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
