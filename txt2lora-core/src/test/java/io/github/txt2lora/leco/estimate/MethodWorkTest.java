package io.github.txt2lora.leco.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class MethodWorkTest {

    private static final List<PromptPair> PROMPTS = List.of(PromptPair.enhance("krnkmd")
            .positive("short hair,maid uniform,cat ears,black hair,black eyes,ear fluff,sleeves")
            .neutral("1girl")
            .build());

    private static MethodWork work(TrainingMethod method, int iterations) {
        return MethodWork.of(
                TrainingSpec.builder()
                        .method(method)
                        .iterations(iterations)
                        .learningRate(1)
                        .method(it -> it.withRollout(rollout -> rollout.withSteps(50)))
                        .build(),
                PROMPTS);
    }

    @Test
    void a_rollout_makes_half_of_its_steps_with_guidance() {
        // 50 for the rollout, 3 of the teacher, 3 for the gradient
        assertThat(work(TrainingMethod.leco(), 10)).isEqualTo(new MethodWork(560, 1));
    }

    @Test
    void what_is_kept_is_computed_once() {
        TrainingMethod noise = TrainingMethod.recommended()
                .withLatents(new LatentSource.Noise(32, 700))
                .withPreservation(Preservation.addingPrompts());

        // 32 batches for the teacher's 3 prompts; target and prompt to keep with the gradient
        assertThat(work(noise, 100)).isEqualTo(new MethodWork(96 + 600, 2));
        assertThat(work(noise, 10)).isEqualTo(new MethodWork(30 + 60, 2));
        assertThat(work(noise.withLatents(new LatentSource.Noise(0, 700)), 100))
                .isEqualTo(new MethodWork(300 + 600, 2));
    }

    @Test
    void each_model_has_what_is_kept_of_its_own() {
        TrainingSpec spec = TrainingSpec.builder()
                .method(TrainingMethod.recommended()
                        .withLatents(new LatentSource.Noise(32, 700))
                        .withPreservation(Preservation.addingPrompts()))
                .iterations(100)
                .learningRate(1)
                .build();

        assertThat(MethodWork.of(spec, PROMPTS, 2)).isEqualTo(new MethodWork(2 * 96 + 600, 2));
        assertThat(MethodWork.of(spec, PROMPTS, 10)).isEqualTo(new MethodWork(10 * 30 + 600, 2));
    }

    @Test
    void images_to_recognize_a_target_in_are_drawn_and_looked_at_on_each_model() {
        TrainingSpec.Builder spec = TrainingSpec.builder().iterations(10).learningRate(1);
        List<PromptPair> several = List.of(
                PROMPTS.get(0),
                PromptPair.preserve("1girl").build(),
                PromptPair.erase("cat ears").positive("cat ears").build());
        double before = MethodWork.of(spec.build(), several, 2).evaluations();

        spec.stopping(stopping -> stopping.withRecognitionImages(10));

        // 8 steps with guidance, then three timesteps with two prompts
        assertThat(MethodWork.of(spec.build(), several, 2).evaluations()).isEqualTo(before + 2 * 10 * (16 + 6));
    }

    @Test
    void a_target_that_is_taught_after_the_neutral_prompt_too_has_more_latents() {
        TrainingMethod method = TrainingMethod.recommended().withLatents(new LatentSource.Noise(0, 700));
        double without = work(method, 100).evaluations();

        // in three of ten iterations a second time, for three prompts of the teacher
        assertThat(work(method.withAfterNeutral(0.15), 100).evaluations()).isCloseTo(without + 90, within(1e-9));
        assertThat(work(method.withAfterNeutral(0.15).withPreservation(Preservation.addingPrompts()), 100))
                .isEqualTo(work(method.withPreservation(Preservation.addingPrompts()), 100));
    }

    @Test
    void a_pool_is_drawn_before() {
        TrainingMethod pool = TrainingMethod.leco().withLatents(new LatentSource.Pool(64, 4, 8, 3));

        assertThat(work(pool, 100)).isEqualTo(new MethodWork(1024 + 300 + 300, 1));
        assertThat(work(pool.withLatents(new LatentSource.Pool(64, 1, 8, 1)), 100))
                .isEqualTo(new MethodWork(512 + 192 + 300, 1));
    }

    @Test
    void rollouts_may_be_short_or_give_several_states() {
        TrainingMethod leco = TrainingMethod.leco();

        assertThat(work(leco.withLatents(LatentSource.shortRollout(8)), 10)).isEqualTo(new MethodWork(190 + 30, 1));
        assertThat(work(leco.withLatents(LatentSource.reusedRollout(4)), 10)).isEqualTo(new MethodWork(620 + 120, 4));
    }

    @Test
    void trajectories_are_sampled_once_for_each_prompt() {
        TrainingMethod trajectories = TrainingMethod.leco().withLatents(new LatentSource.Trajectories(16, 10, 3));

        assertThat(work(trajectories, 100)).isEqualTo(new MethodWork(16 * 10 * 3 + 300, 1));
        // neutral, unconditional and positive prompt, and six that join the first with a part of the last
        assertThat(work(trajectories.withPreservation(Preservation.recommended()), 100))
                .isEqualTo(new MethodWork(16 * 10 * 3 + (16 + 8 * 4) * 7 * 2 + 600, 2));
    }

    @Test
    void a_mixture_takes_of_each_by_its_weight() {
        LatentSource mixture = LatentSource.mixture(
                new LatentSource.Noise(0, 700).weighing(3),
                LatentSource.rollout().weighing(1));

        assertThat(work(TrainingMethod.leco().withLatents(mixture), 100))
                .isEqualTo(new MethodWork(75 * 3 + 25 * 53 + 300, 1));
    }

    @Test
    void where_several_targets_are_rehearsed_each_iteration_draws_more_latents() {
        List<PromptPair> two = List.of(
                PROMPTS.get(0),
                PromptPair.enhance("tree").positive("oak").neutral("1girl").build());
        TrainingMethod noise = TrainingMethod.recommended().withLatents(new LatentSource.Noise(0, 700));

        // 3 predictions of the teacher for each latents, 6 for the gradient
        assertThat(more(noise, PROMPTS)).isEqualTo(100 * (3 + 6));
        assertThat(more(noise, two)).isEqualTo(140 * 3 + 100 * 6);
    }

    /** What 100 iterations more take. */
    private static double more(TrainingMethod method, List<PromptPair> prompts) {
        TrainingSpec.Builder spec = TrainingSpec.builder().method(method).learningRate(1);
        return MethodWork.of(spec.iterations(200).build(), prompts).evaluations()
                - MethodWork.of(spec.iterations(100).build(), prompts).evaluations();
    }
}
