package io.github.txt2lora.leco.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.Memory;
import io.github.txt2lora.MemoryFit;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.UNetStructure;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.diffusion.UNetMemory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingMemoryTest {

    private static final double MEBIBYTE = 1 << 20;
    private static final long GIBIBYTE = 1L << 30;
    private static final DeviceSize UNKNOWN = new DeviceSize("cpu", false, OptionalLong.empty());

    private static final MemoryNeed SD15 = new MemoryNeed(
            859.5e6,
            123e6,
            new UNetMemory(
                    new UNetStructure(
                            List.of(320, 640, 1280, 1280),
                            2,
                            List.of(1, 1, 1, 0),
                            1,
                            768,
                            1280,
                            false,
                            OptionalInt.empty()),
                    crossAttention(1)),
            8e5,
            9,
            4,
            StableDiffusion.SD1.latents());

    private static final MemoryNeed SDXL = new MemoryNeed(
            2567e6,
            695e6,
            new UNetMemory(
                    new UNetStructure(
                            List.of(320, 640, 1280), 2, List.of(0, 2, 10), 10, 2048, 1280, true, OptionalInt.of(2816)),
                    crossAttention(10)),
            5e6,
            9,
            4,
            StableDiffusion.SDXL.latents());

    private static Map<String, Integer> crossAttention(int depth) {
        Map<String, Integer> ranks = new HashMap<>();
        for (String block : List.of("down_blocks.0", "down_blocks.1", "down_blocks.2", "mid_block", "up_blocks.0")) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < depth; j++) {
                    String layers = block + ".attentions." + i + ".transformer_blocks." + j + ".attn2.";
                    List.of("to_q", "to_k", "to_v", "to_out.0").forEach(layer -> ranks.put(layers + layer, 4));
                }
            }
        }
        for (int up = 1; up < 4; up++) {
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < depth; j++) {
                    String layers = "up_blocks." + up + ".attentions." + i + ".transformer_blocks." + j + ".attn2.";
                    List.of("to_q", "to_k", "to_v", "to_out.0").forEach(layer -> ranks.put(layers + layer, 4));
                }
            }
        }
        return ranks;
    }

    private static TrainingMemory memory(
            MemoryNeed model,
            Precision precision,
            int resolution,
            int batchSize,
            int together,
            Memory setting,
            DeviceSize device) {
        TrainingSpec spec = TrainingSpec.builder()
                .method(TrainingMethod.leco())
                .modelUse(use -> use.withPrecision(precision))
                .lora(LoraSpec.builder().rank(4).build())
                .build();
        PromptPair small =
                PromptPair.enhance("small").positive("x").resolution(64).build();
        PromptPair large = PromptPair.enhance("large")
                .positive("x")
                .resolution(resolution)
                .batchSize(batchSize)
                .build();
        return TrainingMemory.of(model, List.of(512, 1024), spec, List.of(small, large), together, 1, setting, device);
    }

    private static TrainingMemory memory(Memory setting, double gibibytes) {
        var card = new DeviceSize("cuda:0", true, OptionalLong.of((long) (gibibytes * GIBIBYTE)));
        return memory(SDXL, Precision.BF16, 1024, 4, 1, setting, card);
    }

    /** Peaks of resident memory in a process of its own, with forward and backward passes of a LoRA of rank 4. */
    @ParameterizedTest
    @CsvSource({
        "SD15, FP32, 128, 1, 3841",
        "SD15, FP32, 256, 1, 4329",
        "SD15, FP32, 256, 2, 4850",
        "SD15, FP32, 512, 1, 5687",
        "SDXL, BF16, 128, 1, 5593",
        "SDXL, BF16, 256, 1, 5979",
        "SDXL, BF16, 256, 2, 6472"
    })
    void agrees_with_measured_peaks(String model, Precision precision, int resolution, int batchSize, int mebibytes) {
        MemoryNeed size = model.equals("SDXL") ? SDXL : SD15;
        assertThat(memory(size, precision, resolution, batchSize, 1, Memory.AUTO, UNKNOWN)
                                .bytes()
                        / MEBIBYTE)
                .isCloseTo(mebibytes, withinPercentage(15));
    }

    @Test
    void an_image_of_two_sides_takes_what_a_square_of_as_many_pixels_does() {
        PromptPair wide =
                PromptPair.enhance("x").positive("y").resolution(256, 1024).build();
        TrainingSpec spec = TrainingSpec.builder()
                .method(TrainingMethod.leco())
                .modelUse(use -> use.withPrecision(Precision.FP32))
                .lora(LoraSpec.builder().rank(4).build())
                .build();
        TrainingMemory estimate =
                TrainingMemory.of(SD15, List.of(512), spec, List.of(wide), 1, 1, Memory.AUTO, UNKNOWN);

        assertThat(estimate.bytes())
                .isEqualTo(memory(SD15, Precision.FP32, 512, 1, 1, Memory.AUTO, UNKNOWN)
                        .bytes());
    }

    @Test
    void takes_the_fastest_way_that_fits() {
        assertThat(memory(Memory.AUTO, 40).plan()).isEqualTo(new MemoryPlan(4, 4, false));
        assertThat(memory(Memory.AUTO, 40).use()).isEqualTo(MemoryUse.FASTEST.recomputingWhenShort());
        assertThat(memory(Memory.AUTO, 20).plan()).isEqualTo(new MemoryPlan(4, 2, false));
        assertThat(memory(Memory.AUTO, 12).plan()).isEqualTo(new MemoryPlan(4, 1, false));
        assertThat(memory(Memory.AUTO, 8).plan())
                .satisfies(plan -> assertThat(plan.recomputed()).isTrue());
        assertThat(memory(Memory.AUTO, 4).shortage()).isPresent();
    }

    @Test
    void the_goals_for_small_cards_are_met() {
        DeviceSize four = DeviceSize.card(4);
        DeviceSize eight = DeviceSize.card(8);

        assertThat(memory(SD15, Precision.BF16, 512, 2, 1, Memory.AUTO, four).shortage())
                .isEmpty();
        assertThat(memory(SDXL, Precision.BF16, 1024, 2, 1, Memory.AUTO, eight).shortage())
                .isEmpty();
    }

    @Test
    void speed_never_recomputes_and_save_always_does() {
        assertThat(memory(Memory.SPEED, 40).plan()).isEqualTo(new MemoryPlan(4, 4, false));
        assertThat(memory(Memory.SPEED, 8).plan()).isEqualTo(new MemoryPlan(4, 1, false));
        assertThat(memory(Memory.SPEED, 8).shortage().orElseThrow()).endsWith(", or memory AUTO");
        assertThat(memory(Memory.SPEED, 12).use()).isEqualTo(new MemoryUse(1, false));
        assertThat(memory(Memory.SAVE, 40).plan()).isEqualTo(new MemoryPlan(4, 1, true));
        assertThat(memory(Memory.SAVE, 40).use()).isEqualTo(new MemoryUse(1, true));
        assertThat(memory(Memory.SAVE, 40).bytes())
                .isLessThan(memory(Memory.SPEED, 40).bytes() / 2);
    }

    @Test
    void the_choice_is_told_with_its_reason() {
        assertThat(memory(Memory.AUTO, 40).reason()).isEmpty();
        assertThat(memory(Memory.AUTO, 12).reason())
                .contains("samples of a step go through the network one by one, since 12.0 GiB of memory would not hold"
                        + " more");
        assertThat(memory(Memory.SAVE, 40).reason().orElseThrow())
                .endsWith("one by one, recomputed, as memory SAVE asks");
    }

    @Test
    void what_is_not_known_does_not_limit() {
        assertThat(memory(SDXL, Precision.FP32, 1024, 8, 4, Memory.AUTO, UNKNOWN)
                        .plan())
                .isEqualTo(new MemoryPlan(32, 32, false));
    }

    @Test
    void loras_together_take_activations_each_or_go_through_one_after_the_other() {
        double one =
                memory(SD15, Precision.FP32, 512, 1, 1, Memory.SPEED, UNKNOWN).bytes();
        TrainingMemory four = memory(SD15, Precision.FP32, 512, 1, 4, Memory.SPEED, UNKNOWN);
        assertThat((four.bytes() - one) / GIBIBYTE).isBetween(3 * 1.3, 3 * 1.8);

        var card = new DeviceSize("cuda:0", true, OptionalLong.of(6 * GIBIBYTE));
        assertThat(memory(SD15, Precision.FP32, 512, 1, 4, Memory.AUTO, card).plan())
                .isEqualTo(new MemoryPlan(4, 1, false));
    }

    @Test
    void the_table_has_the_device_and_cards_in_each_precision_and_resolution() {
        List<MemoryFit> fits = memory(Memory.AUTO, 10).fits();

        assertThat(fits).extracting(MemoryFit::device).contains("cuda:0", "4 GiB", "24 GiB");
        assertThat(fits).extracting(MemoryFit::resolution).containsOnly(512, 1024);
        assertThat(fits).extracting(MemoryFit::precision).containsOnly(Precision.values());
        assertThat(fits).hasSize(7 * 2 * 3);
        assertThat(fits)
                .allSatisfy(fit -> assertThat(fit.plan().isPresent()).isEqualTo(fit.bytes() <= fit.deviceBytes()));
        assertThat(fits)
                .filteredOn(fit -> fit.device().equals("4 GiB"))
                .extracting(MemoryFit::plan)
                .containsOnly(Optional.empty());
    }

    @Test
    void encoders_are_alone_where_a_kept_denoiser_leaves_them_no_room() {
        assertThat(memory(Memory.AUTO, 6).encodesAlone()).isTrue();
        assertThat(memory(Memory.AUTO, 8).encodesAlone()).isFalse();
    }

    @Test
    void says_what_does_not_fit_and_how_to_make_it_fit() {
        var machine = new DeviceSize("cpu", false, OptionalLong.of(12 * GIBIBYTE));
        TrainingMemory memory = memory(SD15, Precision.FP32, 4096, 2, 1, Memory.AUTO, machine);

        assertThat(memory.shortage())
                .hasValueSatisfying(text -> assertThat(text)
                        .matches(
                                "the training takes about \\d\\d\\.\\d GiB of memory at resolution 4096 and batch size 2,"
                                        + " and this machine has 12.0 GiB; lower the resolution or the rank, or set precision"
                                        + " BF16"));
        assertThatThrownBy(memory::requireFits)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(memory.shortage().orElseThrow());
        assertThat(memory(SD15, Precision.BF16, 4096, 1, 3, Memory.AUTO, DeviceSize.card(4))
                        .shortage()
                        .orElseThrow())
                .contains("with 3 LoRAs together", "4 GiB has 3.8 GiB free")
                .doesNotContain("precision");
    }

    private static TrainingMemory ofThreeModels(Memory setting, double gibibytes) {
        PromptPair pair = PromptPair.enhance("x").positive("y").resolution(512).build();
        var card = new DeviceSize("cuda:0", true, OptionalLong.of((long) (gibibytes * GIBIBYTE)));
        return TrainingMemory.of(SD15, List.of(512), TrainingSpec.leco().build(), List.of(pair), 1, 3, setting, card);
    }

    @Test
    void of_several_models_all_are_in_memory_if_they_fit_and_else_one() {
        TrainingMemory all = ofThreeModels(Memory.AUTO, 80);
        TrainingMemory one = ofThreeModels(Memory.AUTO, 8);

        assertThat(all.plan().oneModelAtATime()).isFalse();
        assertThat(all.reason()).isEmpty();
        assertThat(one.plan().oneModelAtATime()).isTrue();
        assertThat(one.reason())
                .hasValueSatisfying(reason -> assertThat(reason)
                        .contains("all at once, one model in memory at a time, since ")
                        .contains("of memory would not hold more"));
        assertThat(all.bytes() - one.bytes())
                .isBetween((long) (1.9 * SD15.weights() * 2), (long) (2.1 * SD15.weights() * 4));
        assertThat(ofThreeModels(Memory.SAVE, 80).plan()).isEqualTo(new MemoryPlan(1, 1, true, true));
        assertThat(ofThreeModels(Memory.SPEED, 8).plan().recomputed()).isFalse();
    }
}
