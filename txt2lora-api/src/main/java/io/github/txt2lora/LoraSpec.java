package io.github.txt2lora;

import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The shape of a LoRA: for each chosen module of the UNet, {@code output += alpha / rank * up(down(input))}.
 *
 * @param rank the width between {@code down} and {@code up}, 1 or more; empty, the default, leaves it to the training, see
 *     {@link #rankFor}
 * @param alpha the strength, greater than 0, 1 by default
 * @param type kinds of layers that get a LoRA, {@link LoraType#LIERLA} by default
 * @param target modules of those kinds that get one, {@link LoraTarget#AUTO} by default
 * @param layerRanks ranks of single layers or blocks, of which the last that means a layer holds; none by default
 */
public record LoraSpec(OptionalInt rank, double alpha, LoraType type, LoraTarget target, List<LayerRank> layerRanks) {

    private static final int RANK_OF_ONE = 4;
    private static final int RANK_OF_SEVERAL = 16;

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range
     */
    public LoraSpec {
        Check.given("rank", rank).ifPresent(number -> Check.atLeast("rank", number, 1));
        Check.positive("alpha", alpha);
        Check.given("type", type);
        Check.given("target", target);
        layerRanks = copyOf(layerRanks);
    }

    /** The same rank for all layers; {@link #builder()} reads better. */
    public LoraSpec(int rank, double alpha, LoraType type, LoraTarget target) {
        this(OptionalInt.of(rank), alpha, type, target, List.of());
    }

    private static List<LayerRank> copyOf(List<LayerRank> layerRanks) {
        for (LayerRank layerRank : Check.given("layerRanks", layerRanks)) {
            Check.given("layerRank", layerRank);
        }
        return List.copyOf(layerRanks);
    }

    /**
     * The rank in a training: {@link #rank()}, or else 4, and 16 where several targets are taught at one strength of the
     * LoRA, as the ends of a slider are not: they want room beside each other (docs/method.md).
     *
     * @param prompts of the training
     */
    public int rankFor(List<PromptPair> prompts) {
        return rank.orElse(Targets.areSeveral(prompts) ? RANK_OF_SEVERAL : RANK_OF_ONE);
    }

    /** The same with {@link #rankFor} as its rank. */
    public LoraSpec withRankFor(List<PromptPair> prompts) {
        return new LoraSpec(OptionalInt.of(rankFor(prompts)), alpha, type, target, layerRanks);
    }

    /**
     * The rank of a layer, 0 for no LoRA on it; a layer's smaller side may allow only less. Where {@link #rank()} is left
     * to the training, that of one target.
     */
    public int rankOf(String layer) {
        int found = rank.orElse(RANK_OF_ONE);
        for (LayerRank layerRank : layerRanks) {
            if (layerRank.layers().matches(layer)) {
                found = layerRank.rank();
            }
        }
        return found;
    }

    /** LECO's defaults: rank 4 and alpha 1 on all transformer blocks. */
    static LoraSpec leco() {
        return builder().rank(4).alpha(1).target(LoraTarget.FULL).build();
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that holds these values. */
    public Builder toBuilder() {
        return new Builder().rank(rank).alpha(alpha).type(type).target(target).layerRanks(layerRanks);
    }

    /** Collects the values of a {@link LoraSpec}; each call replaces what an earlier one set. */
    public static final class Builder {

        private OptionalInt rank = OptionalInt.empty();
        private double alpha = 1.0;
        private LoraType type = LoraType.LIERLA;
        private LoraTarget target = LoraTarget.AUTO;
        private List<LayerRank> layerRanks = List.of();

        private Builder() {}

        /**
         * The width between the two matrices of a module; by default the training chooses it, see {@link LoraSpec#rankFor}.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder rank(int rank) {
            return rank(OptionalInt.of(rank));
        }

        /**
         * The width between the two matrices of a module; empty, the default, for {@link LoraSpec#rankFor} the prompts.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder rank(OptionalInt rank) {
            Check.given("rank", rank).ifPresent(number -> Check.atLeast("rank", number, 1));
            this.rank = rank;
            return this;
        }

        /**
         * The strength, divided by the rank when applied; 1 by default.
         *
         * @throws InvalidSettingException if it is not greater than 0
         */
        public Builder alpha(double alpha) {
            this.alpha = Check.positive("alpha", alpha);
            return this;
        }

        /** The kinds of layers that get a LoRA; {@link LoraType#LIERLA} by default. */
        public Builder type(LoraType type) {
            this.type = Check.given("type", type);
            return this;
        }

        /** The modules of those kinds that get one; {@link LoraTarget#AUTO} by default. */
        public Builder target(LoraTarget target) {
            this.target = Check.given("target", target);
            return this;
        }

        /**
         * Ranks of single layers or blocks, in place of all given before; of several that mean a layer, the last holds.
         * Each is divided into the same alpha.
         */
        public Builder layerRanks(List<LayerRank> layerRanks) {
            this.layerRanks = copyOf(layerRanks);
            return this;
        }

        /**
         * Adds a rank of some layers, for example {@code rank(LoraTarget.names("mid_block"), 16)}; 0 for no LoRA on them.
         *
         * @throws InvalidSettingException if it is negative
         */
        public Builder rank(LoraTarget layers, int rank) {
            List<LayerRank> more = new ArrayList<>(layerRanks);
            more.add(new LayerRank(layers, rank));
            return layerRanks(more);
        }

        /** Makes the value. */
        public LoraSpec build() {
            return new LoraSpec(rank, alpha, type, target, layerRanks);
        }
    }
}
