package io.github.txt2lora.benchmarks.judge;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Settings whose LoRAs are judged.
 *
 * @param name what a reader calls them
 * @param settings changes the default
 * @param pair changes the pairs that teach
 * @param model what is trained on
 * @param side of the images that are judged, in pixels
 */
record JudgeMode(
        String name,
        Consumer<TrainingSpec.Builder> settings,
        Consumer<PromptPair.Builder> pair,
        ModelCopy model,
        int side) {

    private static final int RECOGNITION_IMAGES = 16;

    private JudgeMode(String name, Consumer<TrainingSpec.Builder> settings) {
        this(name, settings, pair -> {}, ModelCopy.ORIGINAL, Judge.SIDE);
    }

    /** The default, and a cheap method. */
    static List<JudgeMode> usual() {
        return List.of(new JudgeMode("default", spec -> {}), new JudgeMode("noise", JudgeMode::noise));
    }

    /** These, the default stopped early, and the default where something else is set. */
    static List<JudgeMode> all() {
        return Stream.of(
                        usual().stream(),
                        Stream.of(12, 25, 50, 100, 200).map(JudgeMode::after),
                        Stream.of(rank(1, 1), rank(4, 1), rank(8, 4), rank(16, 16), rank(64, 32)),
                        Stream.of(2, 4).map(JudgeMode::batch),
                        Stream.of(size(64, 64), size(192, 96)),
                        Stream.of(
                                new JudgeMode("bf16", spec -> spec.modelUse(use -> use.withPrecision(Precision.BF16)))),
                        Stream.of(new JudgeMode("after-neutral", JudgeMode::afterNeutral)),
                        Stream.of(on(ModelCopy.DISTURBED), on(ModelCopy.RESCALED)))
                .flatMap(modes -> modes)
                .toList();
    }

    /** The default with fewer iterations, whose LoRAs show what the gap tells. */
    private static JudgeMode after(int iterations) {
        return new JudgeMode("after-" + iterations, spec -> spec.iterations(iterations));
    }

    private static JudgeMode rank(int rank, int alpha) {
        return new JudgeMode(
                "rank-" + rank + "-" + alpha,
                spec -> spec.lora(LoraSpec.builder().rank(rank).alpha(alpha).build()));
    }

    private static JudgeMode batch(int size) {
        return new JudgeMode("batch-" + size, spec -> {}, pair -> pair.batchSize(size), ModelCopy.ORIGINAL, Judge.SIDE);
    }

    private static JudgeMode size(int width, int height) {
        return new JudgeMode(
                "size-" + width + "x" + height,
                spec -> {},
                pair -> pair.resolution(height, width),
                ModelCopy.ORIGINAL,
                height);
    }

    private static JudgeMode on(ModelCopy model) {
        return new JudgeMode(model.name().toLowerCase(Locale.ROOT), spec -> {}, pair -> {}, model, Judge.SIDE);
    }

    /** Noise at high timesteps alone, and prompts to preserve at the same latents; cheap. */
    private static void noise(TrainingSpec.Builder spec) {
        spec.method(method -> method.withLatents(LatentSource.noise()).withPreservation(Preservation.addingPrompts()))
                .iterations(120)
                .learningRate(4e-3)
                .optimizer(OptimizerSpec.adamW())
                .learningRateSchedule(LearningRateSchedule.constant())
                .lora(LoraSpec.builder()
                        .rank(8)
                        .alpha(4)
                        .target(LoraTarget.FULL)
                        .build());
    }

    /** Teaches the target after the neutral prompt too, within as many samples. */
    private static void afterNeutral(TrainingSpec.Builder spec) {
        spec.method(method -> method.withAfterNeutral(0.15)
                        .withPreservation(method.preservation().withWeight(8)))
                .optimizer(OptimizerSpec.muon());
    }

    /** What trains a group. */
    TrainingSpec spec(long seed) {
        TrainingSpec.Builder spec = TrainingSpec.builder()
                .seed(seed)
                .stopping(stopping -> stopping.withRecognitionImages(RECOGNITION_IMAGES));
        settings.accept(spec);
        return spec.build();
    }

    /** The pairs that teach a group. */
    List<PromptPair> pairs(JudgedGroup group) {
        return group.pairs().stream().map(this::changed).toList();
    }

    private PromptPair changed(PromptPair given) {
        PromptPair.Builder builder = given.toBuilder();
        pair.accept(builder);
        return builder.build();
    }
}
