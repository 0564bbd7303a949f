package io.github.txt2lora.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TerminalSnr;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.file.Sha256;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Fingerprints stand in states and records of users; where they change, trainings start over. */
class TrainingFingerprintTest {

    private static final PromptPair PAIR = PromptPair.enhance("krnkmd")
            .positive("maid, \"cat\"")
            .neutral("1girl")
            .guidanceScale(2)
            .resolution(256)
            .batchSize(2)
            .dynamicResolution(true)
            .weight(0.5)
            .build();

    @Test
    void names_and_values_of_the_defaults_are_those_of_earlier_states() {
        assertThat(digest(earlierDefaults().build()))
                .isEqualTo("ae4153fef0e423a690bd867fdf4f6f3db4c161009b63c783366bddd401edba8b");
        assertThat(digest(TrainingSpec.leco().build()))
                .isEqualTo("72ad27eeda250ab67be7c185f86d1f97398e1b103c26090ff70b92453d118941");
    }

    private static TrainingSpec.Builder earlierDefaults() {
        return TrainingSpec.leco()
                .method(TrainingMethod.leco()
                        .withLatents(LatentSource.noise())
                        .withPreservation(Preservation.addingPrompts()));
    }

    @Test
    void names_and_values_of_other_settings_are_those_of_earlier_states() {
        TrainingSpec spec = TrainingSpec.builder()
                .method(new TrainingMethod(
                        LatentSource.mixture(
                                LatentSource.reusedRollout(3).weighing(2),
                                LatentSource.rollout().weighing(1),
                                new LatentSource.ShortRollout(6, -1).weighing(1),
                                LatentSource.pool(16).weighing(0.5)),
                        TimestepRange.of(10, 900),
                        LossWeighting.minSnr(),
                        Preservation.ofGiven().withWeight(2),
                        LoraStart.CLOSED_FORM,
                        0))
                .method(method -> method.withRollout(rollout -> rollout.withScheduler(SchedulerType.EULER_ANCESTRAL)))
                .method(method -> method.withRollout(rollout -> rollout.withSteps(9)))
                .method(method -> method.withRollout(rollout -> rollout.withGuidanceScale(-1)))
                .iterations(7)
                .learningRate(0.5)
                .optimizer(OptimizerSpec.prodigy())
                .learningRateSchedule(LearningRateSchedule.cosine())
                .warmupIterations(3)
                .lora(new LoraSpec(8, 2.0, LoraType.C3LIER, LoraTarget.XATTN))
                .gradientAccumulationSteps(2)
                .maxGradientNorm(1.5)
                .seed(-42)
                .modelUse(use -> use.withPrecision(Precision.BF16)
                        .withClipSkip(2)
                        .withPredictionType(PredictionType.V_PREDICTION)
                        .withTerminalSnr(TerminalSnr.ZERO))
                .stopping(stopping -> stopping.withRule(
                        StopRule.gapBelow(0.1).orNoBetterFor(50).withEveryIterations(5)))
                .build();

        assertThat(digest(spec)).isEqualTo("5eebe66fdf2c28e88f9334af4aa6f46f4e24d3b6ff9c573de6aad3f18000b049");
    }

    @Test
    void rollouts_that_differ_in_a_mixture_are_told_apart() {
        LatentSource.Rollout rollout = LatentSource.rollout();
        LatentSource other = rollout.withRollout(spec -> spec.withSteps(30));

        assertThat(digestOf(rollout.weighing(1), other.weighing(1)))
                .isNotEqualTo(digestOf(rollout.weighing(1), rollout.weighing(1)))
                .isNotEqualTo(digestOf(other.weighing(1), rollout.weighing(1)));
        assertThat(digestOf(rollout.weighing(1), new LatentSource.ShortRollout(4, 5).weighing(1)))
                .isNotEqualTo(digestOf(rollout.weighing(1), new LatentSource.ShortRollout(4, 3).weighing(1)));
    }

    private static String digestOf(LatentSource.Share... shares) {
        return digest(TrainingSpec.builder()
                .method(TrainingMethod.leco().withLatents(LatentSource.mixture(shares)))
                .build());
    }

    @Test
    void the_content_of_a_lora_to_start_from_counts_and_not_its_place() {
        SortedMap<String, String> values = ofStart("a.safetensors", "one");

        assertThat(values).containsEntry("start", "one");
        assertThat(ofStart("elsewhere/b.safetensors", "one")).isEqualTo(values);
        assertThat(ofStart("a.safetensors", "other")).isNotEqualTo(values);
        assertThat(TrainingFingerprint.of(earlierDefaults().build(), List.of(PAIR), "abc"))
                .doesNotContainKey("start")
                .isNotEqualTo(values);
    }

    private static SortedMap<String, String> ofStart(String file, String digest) {
        TrainingSpec spec = earlierDefaults()
                .method(method -> method.withStart(LoraStart.from(Path.of(file))))
                .build();
        return TrainingFingerprint.of(
                spec, List.of(PAIR), List.of("abc"), Optional.of(digest), Collections.emptySortedMap());
    }

    @Test
    void the_content_of_named_embeddings_counts_and_not_their_folder() {
        TrainingSpec spec = earlierDefaults()
                .modelUse(use -> use.withEmbeddings(Path.of("embeddings")))
                .build();
        SortedMap<String, String> named = new TreeMap<>(Map.of("krnkmd", "one"));

        assertThat(TrainingFingerprint.of(spec, List.of(PAIR), "abc"))
                .isEqualTo(TrainingFingerprint.of(earlierDefaults().build(), List.of(PAIR), "abc"));
        assertThat(TrainingFingerprint.of(spec, List.of(PAIR), List.of("abc"), Optional.empty(), named))
                .containsEntry("embedding krnkmd", "one")
                .doesNotContainKey("embeddings");
    }

    @Test
    void the_number_of_iterations_is_told_apart() {
        SortedMap<String, String> values =
                TrainingFingerprint.of(earlierDefaults().iterations(12).build(), List.of(PAIR), "abc");

        assertThat(values).containsEntry(TrainingFingerprint.ITERATIONS, "12");
        assertThat(TrainingFingerprint.digestWithoutIterations(values))
                .isEqualTo(digest(earlierDefaults().build()));
    }

    @Test
    void a_multiplier_and_a_second_side_stand_where_they_say_something() {
        TrainingSpec spec = earlierDefaults().build();
        PromptPair slider = PAIR.toBuilder()
                .dynamicResolution(false)
                .resolution(256, 512)
                .multiplier(-1)
                .build();

        assertThat(TrainingFingerprint.of(spec, List.of(PAIR), "abc"))
                .containsEntry("prompt 1 resolution", "256")
                .doesNotContainKeys("prompt 1 multiplier", "prompt 1 height", "prompt 1 width");
        assertThat(TrainingFingerprint.of(spec, List.of(slider), "abc"))
                .containsEntry("prompt 1 resolution", "256x512")
                .containsEntry("prompt 1 multiplier", "-1.0");
    }

    @Test
    void the_content_of_pictures_counts_and_not_their_place() {
        SortedMap<String, String> values = ofPicture("a.png", "one", "");

        assertThat(values).containsEntry("prompt 1 pictures", "one").doesNotContainKey("prompt 1 pictureWeight");
        assertThat(ofPicture("elsewhere/b.png", "one", "")).isEqualTo(values);
        assertThat(ofPicture("a.png", "other", "")).isNotEqualTo(values);
        assertThat(ofPicture("a.png", "one", "kitchen")).containsEntry("prompt 1 pictures", "one kitchen");
        assertThat(TrainingFingerprint.of(earlierDefaults().build(), List.of(PAIR), "abc"))
                .doesNotContainKey("prompt 1 pictures");
    }

    private static SortedMap<String, String> ofPicture(String file, String sha256, String caption) {
        PromptPair pair = PAIR.toBuilder().picture(Path.of(file), caption).build();
        return TrainingFingerprint.of(
                earlierDefaults().build(),
                List.of(pair),
                List.of("abc"),
                Optional.empty(),
                Collections.emptySortedMap(),
                any -> sha256);
    }

    @Test
    void the_digest_of_many_prompts_is_that_of_earlier_states() {
        TrainingSpec spec = earlierDefaults().iterations(1).build();
        String earlier =
                "PromptPair[target=krnkmd, positive=maid, \"cat\", unconditional=, neutral=1girl, action=ENHANCE,"
                        + " guidanceScale=2.0, resolution=256, batchSize=2, dynamicResolution=true, dynamicCrops=false, weight=0.5]";

        SortedMap<String, String> values = TrainingFingerprint.of(spec, Collections.nCopies(101, PAIR), "abc");

        assertThat(values)
                .containsEntry(
                        "prompts",
                        "101 with the SHA-256 "
                                + Sha256.of(Collections.nCopies(101, earlier).toString()));
    }

    private static String digest(TrainingSpec spec) {
        return TrainingFingerprint.digestWithoutIterations(TrainingFingerprint.of(spec, List.of(PAIR), "abc"));
    }

    @Test
    void further_models_count_in_their_order() {
        TrainingSpec spec = TrainingSpec.builder().iterations(7).build();
        SortedMap<String, String> one = TrainingFingerprint.of(spec, List.of(PAIR), "abc");

        assertThat(TrainingFingerprint.of(
                        spec, List.of(PAIR), List.of("abc"), Optional.empty(), Collections.emptySortedMap()))
                .isEqualTo(one);
        assertThat(TrainingFingerprint.of(
                        spec,
                        List.of(PAIR),
                        List.of("abc", "def", "ghi"),
                        Optional.empty(),
                        Collections.emptySortedMap()))
                .containsAllEntriesOf(one)
                .hasSize(one.size() + 2)
                .containsEntry("model 2", "def")
                .containsEntry("model 3", "ghi");
    }
}
