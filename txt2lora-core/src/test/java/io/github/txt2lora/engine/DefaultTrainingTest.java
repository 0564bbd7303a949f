package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.CancelMode;
import io.github.txt2lora.JobState;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.event.TrainingFinished;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The default method, and the learning rate that it finds. The shared engine counts what is left in native memory. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DefaultTrainingTest {

    private static final int FEW = 4;

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    /** The default with fewer and shorter trajectories. */
    private static TrainingSpec.Builder spec() {
        return TrainingSpec.builder()
                .method(method -> method.withLatents(LatentSource.mixture(
                        new LatentSource.Noise(4, 700).weighing(2),
                        new LatentSource.Trajectories(4, 3, 3).weighing(3))))
                .iterations(FEW)
                .stopping(stopping -> stopping.withMeasureQuality(false))
                .saving(saving -> saving.withPrecision(Precision.FP32)
                        .withTimestamp(Tiny.NOW)
                        .withStates(StateSpec.off()));
    }

    /** Finds its learning rate as the default does, on latents that cost nothing. */
    private static TrainingSpec.Builder cheapSpec() {
        return spec().method(Tiny.keeping(new LatentSource.Noise(2, 700)));
    }

    private LoraTraining training(String output, TrainingSpec.Builder spec) {
        return Tiny.training(folder.resolve(output), spec).build();
    }

    /** The learning rate that is found. */
    private double rate(TrainingSpec.Builder spec) throws InterruptedException {
        var log = new EventLog();
        engine.train(training("rate", spec.iterations(1)), log);
        log.await(TrainingFinished.class);
        List<SettingsChosen> chosen = log.events(SettingsChosen.class);
        assertThat(chosen).hasSize(1);
        return chosen.get(0).learningRate();
    }

    @ParameterizedTest
    @EnumSource(StableDiffusion.class)
    void every_family_learns(StableDiffusion family) {
        LoraTraining training = LoraTraining.builder()
                .name("krnkmd")
                .model(ModelSource.folder(SyntheticCheckpoint.write(folder.resolve("model"), family)))
                .prompt(Tiny.prompt("krnkmd"))
                .spec(spec().iterations(20)
                        .modelUse(use -> use.withPredictionType(PredictionType.EPSILON))
                        .stopping(stopping -> stopping.withMeasureQuality(true))
                        .build())
                .output(folder)
                .build();

        TrainedLora lora = engine.train(training);

        assertThat(lora.losses()).hasSize(20).allMatch(loss -> Double.isFinite(loss) && loss > 0);
        assertThat(lora.quality())
                .hasValueSatisfying(quality -> assertThat(quality.gap()).isLessThan(0.98));
    }

    @Test
    void the_same_training_gives_the_same_bytes_whatever_is_cached_already() throws IOException {
        engine.reopen();
        byte[] first = Files.readAllBytes(engine.train(training("a", spec())).file());

        assertThat(engine.train(training("b", spec())).file()).hasBinaryContent(first);
        engine.reopen();
        assertThat(engine.train(training("c", spec())).file()).hasBinaryContent(first);
    }

    @Test
    void a_target_that_is_taught_after_the_neutral_prompt_too_makes_another_lora_with_the_same_bytes_each_time()
            throws IOException {
        byte[] asItStands =
                Files.readAllBytes(engine.train(training("as", spec())).file());
        byte[] both =
                Files.readAllBytes(engine.train(training("both", spec().method(method -> method.withAfterNeutral(0.5))))
                        .file());

        assertThat(both).isNotEqualTo(asItStands);
        assertThat(engine.train(training("again", spec().method(method -> method.withAfterNeutral(0.5))))
                        .file())
                .hasBinaryContent(both);
    }

    @Test
    void several_targets_get_muon_and_more_rank_in_the_file_and_in_the_estimate() {
        LoraTraining one = training("one", cheapSpec().iterations(1));
        LoraTraining several = one.toBuilder()
                .prompts(List.of(Tiny.prompt("krnkmd"), Tiny.prompt("tyankmk")))
                .output(folder.resolve("several"))
                .build();

        TrainedLora lora = engine.train(several);

        assertThat(lora.metadata()).containsEntry("ss_network_dim", "16").containsEntry("ss_optimizer", "Muon");
        assertThat(lora.warnings()).isEmpty();
        assertThat(engine.estimate(several, 1).loraBytes())
                .isGreaterThan(engine.estimate(one, 1).loraBytes());
    }

    @Test
    void trained_together_each_becomes_what_it_becomes_alone() {
        LoraTraining one = training("one", cheapSpec());
        LoraTraining other = one.toBuilder()
                .prompts(List.of(Tiny.prompt("other")))
                .output(folder.resolve("other"))
                .build();
        List<TrainedLora> together = engine.startTogether(List.of(one, other), training -> new EventLog()).stream()
                .map(job -> job.completion().toCompletableFuture().join())
                .toList();

        for (int i = 0; i < 2; i++) {
            TrainedLora alone = engine.train(List.of(one, other).get(i).toBuilder()
                    .output(folder.resolve("alone" + i))
                    .build());
            for (int iteration = 0; iteration < FEW; iteration++) {
                double loss = alone.losses().get(iteration);
                assertThat(together.get(i).losses().get(iteration)).isCloseTo(loss, within(0.05 * loss));
            }
        }
    }

    @Test
    void a_rate_is_the_same_whatever_alpha_is_up_to_its_inverse() throws InterruptedException {
        double one = rate(cheapSpec().lora(LoraSpec.builder().alpha(1).build()));
        double four = rate(cheapSpec().lora(LoraSpec.builder().alpha(4).build()));

        assertThat(four * 4).isCloseTo(one, within(1e-3 * one));
    }

    @Test
    void a_rate_that_is_set_is_taken() throws InterruptedException {
        var log = new EventLog();
        engine.train(
                training(
                        "set",
                        cheapSpec()
                                .learningRate(0.125)
                                .optimizer(OptimizerSpec.adamW())
                                .lora(LoraSpec.builder().rank(4).build())),
                log);
        log.await(TrainingFinished.class);

        assertThat(log.events(SettingsChosen.class)).isEmpty();
    }

    static List<OptimizerSpec> optimizers() {
        return List.of(
                OptimizerSpec.muon(),
                OptimizerSpec.adamW(),
                OptimizerSpec.adam(),
                OptimizerSpec.lion(),
                OptimizerSpec.prodigy(),
                OptimizerSpec.adafactor(),
                OptimizerSpec.sgd());
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void every_optimizer_gets_a_rate(OptimizerSpec optimizer) throws InterruptedException {
        assertThat(rate(cheapSpec().optimizer(optimizer))).isPositive().isFinite();
    }

    @Test
    void where_nothing_is_to_be_learned_the_training_ends_all_the_same() {
        LoraTraining training = training("kept", spec()).toBuilder()
                .prompts(List.of(PromptPair.preserve("1girl").resolution(64).build()))
                .build();

        assertThat(engine.train(training).losses()).hasSize(FEW).allMatch(Double::isFinite);
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16"})
    void half_precision_learns_too(Precision precision) {
        // processors compute slowly in FP16
        TrainedLora lora =
                engine.train(training("half", cheapSpec().iterations(2).modelUse(use -> use.withPrecision(precision))));

        assertThat(lora.losses()).hasSize(2).allMatch(loss -> Double.isFinite(loss) && loss > 0);
    }

    @Test
    void is_cancelled_before_its_first_iteration_too() throws Exception {
        var job = new CompletableFuture<TrainingJob>();
        job.complete(engine.start(
                training("cancelled", TrainingSpec.builder().iterations(100_000)), new TrainingListener() {
                    @Override
                    public void onModelLoaded(ModelLoaded event) {
                        job.join().cancel(CancelMode.DISCARD);
                    }
                }));
        job.join()
                .completion()
                .handle((lora, failure) -> "ended")
                .toCompletableFuture()
                .get(1, TimeUnit.MINUTES);

        assertThat(job.join().state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.join().training().loraFile()).doesNotExist();
    }
}
