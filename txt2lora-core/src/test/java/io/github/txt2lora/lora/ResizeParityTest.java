package io.github.txt2lora.lora;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.internal.Rounded;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Resizes are held to recorded ones of kohya's script. Its dynamic methods keep one singular value more than reach the
 * threshold; there the rank may be one less, and the product is compared at the recorded rank.
 */
@Tag("parity")
class ResizeParityTest {

    private static final String FOLDER = "lora/resize";
    private static final String ENDING = ".safetensors";

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> products_ranks_and_alphas_agree() {
        return eachCase((recording, input, file) -> {
            RankRule rule = spec(recording).rule();
            double tolerance = spec(recording).precision().isPresent() ? 2e-3 : 1e-5;
            try (LoraSource before = LoraSource.open(input);
                    LoraSource recorded = LoraSource.open(file);
                    LowRankAlgebra algebra = new LowRankAlgebra()) {
                Map<LayerName, LoraPair> expected = new HashMap<>();
                recorded.pairs().forEach(pair -> expected.put(pair.name(), pair));
                assertThat(before.pairs()).hasSameSizeAs(recorded.pairs());
                for (LoraPair pair : before.pairs()) {
                    LoraPair other = expected.get(pair.name());
                    Decomposition decomposition = algebra.decompose(pair);
                    int rank = other.rank();
                    assertThat(pair.scale() * rank).as(pair.module()).isEqualTo(other.alpha());
                    assertThatTensor(LoraFiles.product(
                                    decomposition.down(rank), decomposition.up(rank), rank, pair.scale()))
                            .as(pair.module())
                            .isCloseTo(LoraFiles.effect(other), tolerance, 1);
                }
            }
            for (ResizedModule module : resize(recording, input).modules()) {
                int rank = recording
                        .path("modules")
                        .path(module.name())
                        .path("rank")
                        .asInt();
                if (rule instanceof RankRule.Fixed) {
                    assertThat(module.rank()).as(module.name()).isEqualTo(rank);
                } else {
                    assertThat(module.rank()).as(module.name()).isBetween(Math.max(1, rank - 1), rank);
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> the_file_holds_the_recorded_products_where_the_rank_is_the_same() {
        return eachCase((recording, input, file) -> {
            ResizedLora resized = resize(recording, input);
            double tolerance = spec(recording).precision().isPresent() ? 2e-3 : 1e-5;
            Map<String, float[]> expected = LoraFiles.effects(file);
            try (LoraSource made = LoraSource.open(resized.file())) {
                for (LoraPair pair : made.pairs()) {
                    if (pair.rank()
                            == recording
                                    .path("modules")
                                    .path(pair.module())
                                    .path("rank")
                                    .asInt()) {
                        assertThatTensor(LoraFiles.effect(pair))
                                .as(pair.module())
                                .isCloseTo(expected.get(pair.name().diffusers()), tolerance, 1);
                    }
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> statistics_read_as_printed() {
        return eachCase((recording, input, file) -> {
            ResizedLora resized = resize(recording, input);
            boolean same = true;
            for (ResizedModule module : resized.modules()) {
                JsonNode printed = recording.path("modules").path(module.name());
                if (module.rank() == printed.path("rank").asInt()) {
                    assertThat(percent(module.sumRetained()))
                            .isEqualTo(printed.path("sum_retained").asText());
                    assertThat(percent(module.frobeniusRetained()))
                            .isEqualTo(printed.path("fro_retained").asText());
                    assertThat(text(module.maxRatio()))
                            .isEqualTo(printed.path("max_ratio").asText());
                    assertThat(module.alpha()).isEqualTo(printed.path("alpha").asDouble());
                } else {
                    same = false;
                }
            }
            if (same) {
                assertThat(String.format(
                                Locale.ROOT,
                                "Average Frobenius norm retention: %.2f%% | std: %.3f",
                                100 * resized.meanFrobeniusRetained(),
                                resized.deviationOfFrobeniusRetained()))
                        .isEqualTo(recording.path("average").asText());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> metadata_agree_and_the_hash_is_that_of_the_file() {
        return eachCase((recording, input, file) -> {
            ResizedLora resized = resize(recording, input);
            Map<String, String> expected = new TreeMap<>();
            recording
                    .path("metadata")
                    .properties()
                    .forEach(entry ->
                            expected.put(entry.getKey(), entry.getValue().asText()));
            Map<String, String> made = new TreeMap<>(resized.metadata());
            for (String hash : List.of("sshs_model_hash", "sshs_legacy_hash")) {
                assertThat(made.remove(hash)).hasSameSizeAs(expected.remove(hash));
            }
            assertThat(made).isEqualTo(expected);
            try (LoraOperations operations = LoraOperations.open()) {
                assertThat(operations.verifyHash(resized.file()).result()).isEqualTo(HashCheck.Result.MATCHES);
                assertThat(operations.inspect(resized.file()).metadata()).isEqualTo(resized.metadata());
            }
        });
    }

    private static String percent(double fraction) {
        return Double.isNaN(fraction) ? "nan%" : Rounded.percent(fraction);
    }

    private static String text(double value) {
        return Double.isNaN(value) ? "nan" : Rounded.of(value, 1);
    }

    private ResizedLora resize(JsonNode recording, Path input) {
        try (LoraOperations operations = LoraOperations.open()) {
            return operations.resize(input, temporary.resolve("resized.safetensors"), spec(recording));
        }
    }

    private static ResizeSpec spec(JsonNode recording) {
        Map<String, String> options = new HashMap<>();
        JsonNode list = recording.path("options");
        for (int i = 0; i + 1 < list.size(); i += 2) {
            options.put(list.get(i).asText(), list.get(i + 1).asText());
        }
        int rank = Integer.parseInt(options.get("--new_rank"));
        double parameter = Double.parseDouble(options.getOrDefault("--dynamic_param", "0"));
        ResizeSpec spec = switch (options.getOrDefault("--dynamic_method", "none")) {
            case "none" -> ResizeSpec.toRank(rank);
            case "sv_ratio" -> ResizeSpec.by(new RankRule.Ratio(parameter)).withMaxRank(rank);
            case "sv_fro" -> ResizeSpec.by(new RankRule.Frobenius(parameter)).withMaxRank(rank);
            case "sv_cumulative" ->
                ResizeSpec.by(new RankRule.Cumulative(parameter)).withMaxRank(rank);
            default -> throw new AssertionError("unknown method in " + options);
        };
        if (options.containsKey("--new_conv_rank")) {
            spec = spec.withConvRank(Integer.parseInt(options.get("--new_conv_rank")));
        }
        return options.containsKey("--save_precision")
                ? spec.withPrecision(
                        Precision.valueOf(options.get("--save_precision").toUpperCase(Locale.ROOT)))
                : spec;
    }

    @FunctionalInterface
    private interface Comparison {
        void compare(JsonNode recording, Path input, Path file);
    }

    private static Stream<DynamicTest> eachCase(Comparison comparison) {
        Path input = Golden.file(FOLDER + "/input.safetensors");
        List<Path> files = GoldenCases.files(FOLDER, ENDING).stream()
                .filter(file -> !file.equals(input))
                .toList();
        return GoldenCases.each(
                FOLDER,
                files,
                file -> comparison.compare(statistics().path(GoldenCases.name(file, ENDING)), input, file));
    }

    private static JsonNode statistics() {
        try {
            return new ObjectMapper()
                    .readTree(Golden.file(FOLDER + "/statistics.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
