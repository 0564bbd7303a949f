package io.github.txt2lora.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.image.LoraWeight;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OperationValuesTest {

    private static final Path FILE = Path.of("a.safetensors");

    private static void assertRefused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call)
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll(parts);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
    void fractions_out_of_range_are_refused(double fraction) {
        assertRefused(() -> new RankRule.Frobenius(fraction), "sv_fro is " + fraction, "above 0 and at most 1");
        assertRefused(() -> new RankRule.Cumulative(fraction), "sv_cumulative is " + fraction);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 0, -5, Double.NaN, Double.POSITIVE_INFINITY})
    void ratios_out_of_range_are_refused(double ratio) {
        assertRefused(() -> new RankRule.Ratio(ratio), "sv_ratio is " + ratio, "greater than 1");
    }

    @Test
    void ranks_below_one_are_refused() {
        assertRefused(() -> ResizeSpec.toRank(0), "rank is 0", "1 or more");
        assertRefused(() -> ResizeSpec.toRank(4).withConvRank(0), "convRank is 0");
        assertRefused(() -> ResizeSpec.by(new RankRule.Ratio(2)).withMaxRank(-1), "maxRank is -1");
    }

    @Test
    void a_fixed_rank_has_no_limit_besides() {
        assertRefused(() -> ResizeSpec.toRank(4).withMaxRank(8), "maxRank is 8", "fixed at 4");
    }

    @Test
    void a_merge_needs_loras_and_one_precision() {
        assertRefused(() -> LoraMerge.of(List.of(), FILE), "loras is empty");
        assertRefused(() -> new CheckpointMerge(FILE, List.of(), FILE), "loras is empty");
        LoraMerge merge = LoraMerge.of(List.of(new LoraWeight(FILE, 1)), FILE)
                .withResize(ResizeSpec.toRank(2).withPrecision(Precision.FP16));
        assertRefused(() -> merge.withPrecision(Precision.FP32), "FP32", "FP16", "give one of them");
    }

    @Test
    void hashes_cannot_be_edited() {
        assertRefused(() -> MetadataEdit.none().set("sshs_model_hash", "0"), "sshs_model_hash", "computed");
        assertRefused(() -> MetadataEdit.none().set("a", "b").remove("a"), "a is both set and removed");
    }

    @Test
    void an_edit_sets_and_removes() {
        assertThat(new MetadataEdit(Map.of("a", "new", "c", "3"), Set.of("b", "absent"))
                        .applyTo(Map.of("a", "1", "b", "2")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", "new", "c", "3"));
    }

    @Test
    void hashes_are_compared_whatever_their_case() {
        assertThat(HashCheck.of("ab", Optional.of("AB")).result()).isEqualTo(HashCheck.Result.MATCHES);
        assertThat(HashCheck.of("ab", Optional.of("ac")).result()).isEqualTo(HashCheck.Result.DIFFERS);
        assertThat(HashCheck.of("ab", Optional.empty()).result()).isEqualTo(HashCheck.Result.ABSENT);
    }

    @Test
    void means_leave_zero_modules_out() {
        var resized = new ResizedLora(FILE, List.of(module(0.5), module(Double.NaN), module(1)), Map.of());
        assertThat(resized.meanFrobeniusRetained()).isEqualTo(0.75);
        assertThat(resized.deviationOfFrobeniusRetained()).isCloseTo(0.25, within(1e-12));
        assertThat(new ResizedLora(FILE, List.of(module(Double.NaN)), Map.of()).meanFrobeniusRetained())
                .isNaN();
    }

    private static ResizedModule module(double retained) {
        return new ResizedModule("m", 4, 2, 1, retained, retained, 1);
    }
}
