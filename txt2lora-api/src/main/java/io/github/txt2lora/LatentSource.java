package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The source of the noisy latents at which an iteration compares the LoRA's predictions with their goal. LECO computes
 * new ones in each iteration by denoising with the LoRA, which takes four fifths of its time.
 */
public sealed interface LatentSource {

    /** LECO's source: each iteration denoises from noise for a random number of steps. */
    static Rollout rollout() {
        return new Rollout(RolloutSpec.defaults());
    }

    /**
     * One rollout for several comparisons at different timesteps.
     *
     * @param states 2 or more
     */
    static ReusedRollout reusedRollout(int states) {
        return new ReusedRollout(states, RolloutSpec.defaults());
    }

    /** A rollout of 8 steps of DPM-Solver++ to the sampled timestep. */
    static ShortRollout shortRollout() {
        return shortRollout(8);
    }

    /**
     * A rollout of so many steps of DPM-Solver++ to the sampled timestep.
     *
     * @param steps 1 to 50
     */
    static ShortRollout shortRollout(int steps) {
        return new ShortRollout(steps, RolloutSpec.defaults().guidanceScale());
    }

    /** A pool of 64 images, each with 4 samples of noise. */
    static Pool pool() {
        return pool(64);
    }

    /**
     * A pool of so many images, each with 4 samples of noise.
     *
     * @param pictures 1 to 4096
     */
    static Pool pool(int pictures) {
        return new Pool(pictures, 4, 8, 3);
    }

    /** 32 batches of noise, at timesteps of 700 and above. */
    static Noise noise() {
        return new Noise(32, 700);
    }

    /** The same noise in all iterations, at timesteps of 700 and above. */
    static Noise fixedNoise() {
        return new Noise(1, 700);
    }

    /** 16 trajectories of 10 steps each. */
    static Trajectories trajectories() {
        return new Trajectories(16, 10, 3);
    }

    /** The trajectories to images of the neutral prompt. */
    static NeutralTrajectories neutralTrajectories() {
        return new NeutralTrajectories();
    }

    /** In each iteration one of several sources, sampled by weight. */
    static Mixture mixture(Share... shares) {
        return new Mixture(List.of(shares));
    }

    /** A source of each kind with its defaults, but for mixtures. */
    static List<LatentSource> kinds() {
        return List.of(
                rollout(), reusedRollout(4), shortRollout(), pool(), noise(), trajectories(), neutralTrajectories());
    }

    /**
     * Settings of the rollouts of {@link Rollout} and {@link ReusedRollout}, in a mixture those of the first of them;
     * empty for other sources.
     */
    default Optional<RolloutSpec> rolloutSpec() {
        return Optional.empty();
    }

    /** This source with another way to denoise, in a mixture for all {@link Rollout} and {@link ReusedRollout}. */
    default LatentSource withRollout(UnaryOperator<RolloutSpec> change) {
        return this;
    }

    /** This source with a weight, for {@link #mixture}. */
    default Share weighing(double weight) {
        return new Share(this, weight);
    }

    /**
     * Denoises noise with the target prompt and the LoRA for a random number of steps, as LECO does (after Gandikota et
     * al., arXiv 2303.07345).
     *
     * @param spec settings of the denoising
     */
    record Rollout(RolloutSpec spec) implements LatentSource {

        /** Rejects null. */
        public Rollout {
            Check.given("spec", spec);
        }

        @Override
        public Optional<RolloutSpec> rolloutSpec() {
            return Optional.of(spec);
        }

        @Override
        public Rollout withRollout(UnaryOperator<RolloutSpec> change) {
            return new Rollout(change.apply(spec));
        }
    }

    /**
     * As {@link Rollout}, but compares several latents along one rollout, each at its own timestep, in a single call of
     * the UNet. The same number of steps yields several comparisons, which are less independent.
     *
     * @param states latents of one rollout, 2 or more; a shorter rollout provides all it has
     * @param spec settings of the denoising
     */
    record ReusedRollout(int states, RolloutSpec spec) implements LatentSource {

        /** Checks the components. */
        public ReusedRollout {
            Check.atLeast("states", states, 2);
            Check.given("spec", spec);
        }

        @Override
        public Optional<RolloutSpec> rolloutSpec() {
            return Optional.of(spec);
        }

        @Override
        public ReusedRollout withRollout(UnaryOperator<RolloutSpec> change) {
            return new ReusedRollout(states, change.apply(spec));
        }
    }

    /**
     * As {@link Rollout}, but with a fixed, small number of steps of DPM-Solver++ 2M (Lu et al., arXiv 2211.01095) from
     * noise to the sampled timestep.
     *
     * @param steps 1 to 50
     * @param guidanceScale scale of classifier-free guidance, finite
     */
    record ShortRollout(int steps, double guidanceScale) implements LatentSource {

        /** Checks the components. */
        public ShortRollout {
            Check.between("steps", steps, 1, 50);
            Check.finite("guidanceScale", guidanceScale);
        }
    }

    /**
     * A pool of images of the neutral prompt, drawn once by the base model. Noise is added as in the training of the
     * model (Ho et al., arXiv 2006.11239). The images depend only on the model, the prompt and the resolution, so all
     * LoRAs share them and the base model's predictions for them. The pool has {@code pictures * noisings} noisy
     * latents. Each prediction of the base model is computed at most once per noisy latent and then cached.
     *
     * @param pictures number of images, 1 to 4096
     * @param noisings samples of noise and timestep for each image, 1 to 1000
     * @param steps steps of DPM-Solver++ 2M to draw an image, 1 to 1000
     * @param guidanceScale scale of classifier-free guidance to draw an image, finite; 1 halves the time
     */
    record Pool(int pictures, int noisings, int steps, double guidanceScale) implements LatentSource {

        /** Checks the numbers. */
        public Pool {
            Check.between("pictures", pictures, 1, 4096);
            Check.between("noisings", noisings, 1, 1000);
            Check.between("steps", steps, 1, 1000);
            Check.finite("guidanceScale", guidanceScale);
        }
    }

    /**
     * Standard normal noise at every timestep, as in iLECO, a variant of LECO. No latents have to be computed. Noise
     * resembles the latents of an image only at high timesteps, but these determine its content.
     *
     * @param batches number of different batches of noise, 0 or more, each with its own timesteps; the base model's
     *     predictions for them are computed once and cached. 0 draws new noise in each iteration
     * @param minimumTimestep lowest timestep to sample, 0 to 999
     */
    record Noise(int batches, int minimumTimestep) implements LatentSource {

        /** Checks the numbers. */
        public Noise {
            Check.atLeast("batches", batches, 0);
            Check.between("minimumTimestep", minimumTimestep, 0, 999);
        }
    }

    /**
     * The latents on the way from noise to images that show what the target is to mean: the base model samples with the
     * goal as its conditional prediction, {@code u + guidanceScale (goal - u)}, by DPM-Solver++ 2M (Lu et al., arXiv
     * 2211.01095). A trained LoRA is sampled along the same way, so its predictions are compared where they will be
     * needed, at all noise levels. Each step has computed the goal already. The trajectories are sampled once for a
     * model, a prompt pair and a resolution, and cached.
     *
     * @param count number of trajectories, 1 to 4096; sampled in groups of 4
     * @param steps steps of a trajectory, each of which is a noisy latent to compare, 2 to 100; every group of
     *     trajectories has its own timesteps
     * @param guidanceScale scale of classifier-free guidance, finite
     */
    record Trajectories(int count, int steps, double guidanceScale) implements LatentSource {

        /** Checks the numbers. */
        public Trajectories {
            Check.between("count", count, 1, 4096);
            Check.between("steps", steps, 2, 100);
            Check.finite("guidanceScale", guidanceScale);
        }
    }

    /**
     * The latents on the way from noise to images of the neutral prompt, sampled as those of {@link KeptLatents}. They
     * show somebody else, so the target learns to turn her into itself: where guidance, another prompt in the same image
     * or a mistake of its own has led astray. The predictions for the neutral and the unconditional prompt are known
     * from sampling.
     */
    record NeutralTrajectories() implements LatentSource {}

    /**
     * Several sources.
     *
     * @param shares one or more, none of them a mixture
     */
    record Mixture(List<Share> shares) implements LatentSource {

        /** Copies and checks the list. */
        public Mixture {
            for (Share share : Check.given("shares", shares)) {
                if (Check.given("share", share).source() instanceof Mixture) {
                    throw InvalidSettingException.of("share", share, "a source that is no mixture itself");
                }
            }
            shares = List.copyOf(shares);
            if (shares.isEmpty()) {
                throw InvalidSettingException.of("shares", shares, "at least one source");
            }
        }

        @Override
        public Optional<RolloutSpec> rolloutSpec() {
            return shares.stream()
                    .flatMap(share -> share.source().rolloutSpec().stream())
                    .findFirst();
        }

        @Override
        public Mixture withRollout(UnaryOperator<RolloutSpec> change) {
            return new Mixture(shares.stream()
                    .map(share -> share.source().withRollout(change).weighing(share.weight()))
                    .toList());
        }
    }

    /**
     * A source in a mixture.
     *
     * @param source any but a mixture
     * @param weight greater than 0; its share of the sum of all weights is the probability of this source
     */
    record Share(LatentSource source, double weight) {

        /** Checks the components. */
        public Share {
            Check.given("source", source);
            Check.positive("weight", weight);
        }
    }
}
