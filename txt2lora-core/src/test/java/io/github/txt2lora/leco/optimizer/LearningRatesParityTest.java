package io.github.txt2lora.leco.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.workspace.LecoConfigFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class LearningRatesParityTest {

    @TestFactory
    Stream<DynamicTest> gives_the_rates_of_every_recorded_training() throws IOException {
        Path folder = Golden.file("leco");
        assumeTrue(Files.isDirectory(folder), "no recorded trainings");
        List<DynamicTest> trainings = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> listing = Files.list(folder)) {
            files = listing.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            JsonNode record = new ObjectMapper().readTree(file.toFile());
            if (record.has("rows")) {
                trainings.add(dynamicTest(file.getFileName().toString(), () -> check(folder, record)));
            }
        }
        assumeTrue(!trainings.isEmpty(), "no recorded trainings with rows");
        return trainings.stream();
    }

    private static void check(Path folder, JsonNode record) {
        LecoConfigFile config =
                LecoConfigFile.read(folder.resolve(record.get("config").asText()));
        LearningRates rates =
                LearningRates.of(config.spec(), config.spec().iterations().getAsInt());
        assertThat(record.get("rows")).isNotEmpty();
        for (JsonNode row : record.get("rows")) {
            double expected = row.get("lr").asDouble();
            assertThat(rates.at(row.get("step").asInt())).isCloseTo(expected, within(expected * 1e-9));
        }
    }
}
