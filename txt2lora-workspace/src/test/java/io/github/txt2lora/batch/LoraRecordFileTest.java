package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoraRecordFileTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final LoraRecord RECORD = new LoraRecord(
            LoraRecord.FORMAT,
            "krnkmd",
            Map.of("rank", 4, "preview_places", List.of("kitchen")),
            List.of(Map.of("target", "krnkmd")),
            Map.of("java", "17"),
            new LoraRecord.Training(
                    "fingerprint",
                    new ModelIdentity("tiny", "/model", 1, 2, "digest"),
                    List.of(new ModelIdentity("other", "/other", 1, 2, "other digest")),
                    "digest",
                    -1,
                    2,
                    List.of(0.5, 0.25),
                    0.5,
                    0.25,
                    new LoraQuality(
                            0.1,
                            List.of(new LoraQuality.Band(TimestepRange.of(667, 999), 0.1)),
                            0.02,
                            0,
                            List.of(new LoraQuality.Recognition("krnkmd", "cat ears", 0.9375)),
                            List.of(new LoraQuality.Gap(10, 0.5))),
                    1234,
                    "2024-12-31T23:59:59Z",
                    1.5,
                    List.of("a warning"),
                    List.of(new LoraRecord.Ancestor("parent.safetensors", "0123")),
                    List.of(new LoraRecord.Embedding("krnkmd", "4567"))),
            new LoraRecord.Resize("fingerprint", "digest", 1, 4, null, 0.1),
            new LoraRecord.Preview("fingerprint", 6, 3));

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("krnkmd.json");
    }

    @Test
    void what_is_written_is_read() {
        LoraRecordFile.write(file, RECORD);

        assertThat(LoraRecordFile.read(file, warning -> {})).contains(RECORD);
    }

    @Test
    void record_of_a_version_that_recognized_nothing_is_read() throws IOException {
        LoraRecordFile.write(file, RECORD);
        JsonNode whole = MAPPER.readTree(file.toFile());
        ((ObjectNode) whole.at("/training/quality")).remove("recognitions");
        Files.writeString(file, whole.toString());

        assertThat(LoraRecordFile.read(file, warning -> {}))
                .hasValueSatisfying(record -> assertThat(
                                Objects.requireNonNull(record.training().quality())
                                        .recognitions())
                        .isEmpty());
    }

    @Test
    void values_in_yaml_become_what_they_mean() {
        assertThat(LoraRecordFile.values(
                        Map.of("a", "1", "b", "-0.5", "c", "true", "d", "\"x\\\"\"", "e", "[\"y\"]", "f", "bf16")))
                .isEqualTo(Map.of("a", 1, "b", -0.5, "c", true, "d", "x\"", "e", List.of("y"), "f", "bf16"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "[]", "{}", "\"../../x\"", "-1", "1e999", "[null]", "{\"a\": null}", "remove"})
    void any_damage_gives_no_record_or_one_that_can_be_reported(String damage) throws IOException {
        Workspace workspace = Workspace.create(folder);
        LoraRecordFile.write(file, RECORD);
        JsonNode whole = MAPPER.readTree(file.toFile());
        for (JsonPointer place : places(whole, JsonPointer.empty())) {
            Files.writeString(file, damaged(whole, place, damage).toString());
            List<String> warnings = new ArrayList<>();

            Optional<LoraRecord> record = LoraRecordFile.read(file, warnings::add);

            assertThat(record.isPresent()).as(place.toString()).isNotEqualTo(!warnings.isEmpty());
            record.ifPresent(read -> assertThat(new HtmlReport(
                                    workspace, List.of(new LoraOutcome.Skipped("krnkmd", file, read)), Duration.ZERO)
                            .html())
                    .as(place.toString())
                    .contains("krnkmd"));
        }
    }

    private static List<JsonPointer> places(JsonNode node, JsonPointer at) {
        List<JsonPointer> places = new ArrayList<>();
        node.fieldNames().forEachRemaining(name -> {
            JsonPointer child = at.appendProperty(name);
            places.add(child);
            places.addAll(places(node.get(name), child));
        });
        for (int i = 0; i < node.size() && node.isArray(); i++) {
            places.add(at.appendIndex(i));
        }
        return places;
    }

    private static JsonNode damaged(JsonNode whole, JsonPointer place, String damage) throws IOException {
        JsonNode copy = whole.deepCopy();
        JsonNode parent = copy.at(place.head());
        if (parent instanceof ObjectNode object && damage.equals("remove")) {
            object.remove(place.last().getMatchingProperty());
        } else if (parent instanceof ObjectNode object) {
            object.set(place.last().getMatchingProperty(), MAPPER.readTree(damage));
        } else if (parent instanceof ArrayNode array && damage.equals("remove")) {
            array.remove(place.last().getMatchingIndex());
        } else if (parent instanceof ArrayNode array) {
            array.set(place.last().getMatchingIndex(), MAPPER.readTree(damage));
        }
        return copy;
    }
}
