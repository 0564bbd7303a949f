package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Where the noisy latents come from at which the LoRA's predictions are compared with their goal. LECO makes them anew
 * in each iteration by denoising with the LoRA on, which is four fifths of its work.
 */
public sealed interface LatentSource {

    /** LECO's own: each iteration denoises from noise for a random number of steps. */
    static Rollout rollout() {
        return new Rollout(RolloutSpec.defaults());
    }

    /**
     * One rollout for several comparisons.
     *
     * @param states 2 or more
     */
    static ReusedRollout reusedRollout(int states) {
        return new ReusedRollout(states, RolloutSpec.defaults());
    }

    /** A rollout of 8 steps of DPM-Solver++ to whatever timestep is compared. */
    static ShortRollout shortRollout() {
        return shortRollout(8);
    }

    /**
     * A rollout of so many steps of DPM-Solver++ to whatever timestep is compared.
     *
     * @param steps 1 to 50
     */
    static ShortRollout shortRollout(int steps) {
        return new ShortRollout(steps, RolloutSpec.defaults().guidanceScale());
    }

    /** 64 pictures, each noised in 4 ways. */
    static Pool pool() {
        return pool(64);
    }

    /**
     * A pool of so many pictures, each noised in 4 ways.
     *
     * @param pictures 1 to 4096
     */
    static Pool pool(int pictures) {
        return new Pool(pictures, 4, 8, 3);
    }

    /** 32 different batches of noise, at timesteps from 700 up. */
    static Noise noise() {
        return new Noise(32, 700);
    }

    /** The same noise in all iterations, at timesteps from 700 up. */
    static Noise fixedNoise() {
        return new Noise(1, 700);
    }

    /** Each iteration takes one of several sources, chosen at random by their weights. */
    static Mixture mixture(Share... shares) {
        return new Mixture(List.of(shares));
    }

    /**
     * How {@link Rollout} and {@link ReusedRollout} denoise, in a mixture the first of them; empty for other sources.
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
     * Noise is denoised with the target prompt, the LoRA on, for a random number of steps (LECO; after Gandikota et al.,
     * arXiv 2303.07345).
     *
     * @param spec how it denoises
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
     * As {@link Rollout}, but several of the latents that it passes are compared, all in one call of the network, each
     * at its own timestep: the same number of steps gives several comparisons, which are less independent.
     *
     * @param states how many of them, 2 or more; a rollout of fewer steps gives all that it passes
     * @param spec how it denoises
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
     * As {@link Rollout}, but a few steps of DPM-Solver++ 2M (Lu et al., arXiv 2211.01095) lead from noise to the
     * timestep that is compared, however far it is.
     *
     * @param steps 1 to 50
     * @param guidanceScale of classifier-free guidance, finite
     */
    record ShortRollout(int steps, double guidanceScale) implements LatentSource {

        /** Checks the components. */
        public ShortRollout {
            Check.between("steps", steps, 1, 50);
            Check.finite("guidanceScale", guidanceScale);
        }
    }

    /**
     * Pictures of the neutral prompt that the base model draws once, with noise added to any timestep as in its own
     * training (Ho et al., arXiv 2006.11239). They depend on the model, the prompt and the resolution alone, so all
     * LoRAs share them and what the base model predicts for them. The set is finite, {@code pictures * noisings}
     * latents, so each prompt's prediction is computed at most so often and then kept.
     *
     * @param pictures how many pictures, 1 to 4096
     * @param noisings with how many noises and timesteps each of them is used, 1 to 1000
     * @param steps of DPM-Solver++ 2M for drawing, 1 to 1000
     * @param guidanceScale of drawing, finite; 1 takes half the time
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
     * Standard normal noise, whatever the timestep (as in iLECO, a variant of LECO): no latents have to be computed, and
     * it is what every picture comes from. Only at high timesteps does it resemble latents on their way to a picture,
     * but there it is decided what the picture shows.
     *
     * @param batches how many different ones there are, each at timesteps of its own, so that the base model's
     *     predictions for them are computed once and then kept; 0 for other noise in each iteration
     * @param minimumTimestep the least timestep, 0 to 999, that is compared at noise
     */
    record Noise(int batches, int minimumTimestep) implements LatentSource {

        /** Checks the numbers. */
        public Noise {
            Check.atLeast("batches", batches, 0);
            Check.between("minimumTimestep", minimumTimestep, 0, 999);
        }
    }

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
     * @param weight greater than 0; a source is taken as often as its weight is of the sum of all
     */
    record Share(LatentSource source, double weight) {

        /** Checks the components. */
        public Share {
            Check.given("source", source);
            Check.positive("weight", weight);
        }
    }
}
