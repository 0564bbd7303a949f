package io.github.txt2lora;

import io.github.txt2lora.internal.Check;

/**
 * The shape of a LoRA: for each chosen module of the UNet, {@code output += alpha / rank * up(down(input))}.
 *
 * @param rank the width between {@code down} and {@code up}, 1 or more, 4 by default
 * @param alpha the strength, greater than 0, 1 by default
 * @param type kinds of layers that get a LoRA, {@link LoraType#LIERLA} by default
 * @param target modules of those kinds that get one, {@link LoraTarget#AUTO} by default
 */
public record LoraSpec(int rank, double alpha, LoraType type, LoraTarget target) {

    /**
     * Checks every component; {@link #builder()} reads better.
     *
     * @throws InvalidSettingException if a component is outside its range
     */
    public LoraSpec {
        Check.atLeast("rank", rank, 1);
        Check.positive("alpha", alpha);
        Check.given("type", type);
        Check.given("target", target);
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
        return new Builder().rank(rank).alpha(alpha).type(type).target(target);
    }

    /** Collects the values of a {@link LoraSpec}; each call replaces what an earlier one set. */
    public static final class Builder {

        private int rank = 4;
        private double alpha = 1.0;
        private LoraType type = LoraType.LIERLA;
        private LoraTarget target = LoraTarget.AUTO;

        private Builder() {}

        /**
         * The width between the two matrices of a module; 4 by default.
         *
         * @throws InvalidSettingException if it is less than 1
         */
        public Builder rank(int rank) {
            this.rank = Check.atLeast("rank", rank, 1);
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

        /** Makes the value. */
        public LoraSpec build() {
            return new LoraSpec(rank, alpha, type, target);
        }
    }
}
