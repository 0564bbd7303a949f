package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.OptimizerSpec;
import java.util.Locale;

/**
 * LECO's keys {@code optimizer} and {@code optimizer_args}. Beside LECO's own AdamW, Adam, Lion and Prodigy, Adafactor
 * and SGD can be chosen. Arguments bear the names of the Python libraries.
 */
final class LecoOptimizer {

    private static final String NAME = "optimizer";
    private static final String ARGUMENTS = "optimizer_args";
    private static final String NAMES = "one of AdamW, Adam, Lion, Prodigy, Adafactor, SGD";

    private LecoOptimizer() {}

    /** The optimizer that a section {@code train} chooses; its problems are noted, and give LECO's default. */
    static OptimizerSpec read(SettingsSection train) {
        String name = train.text(NAME, "adamw");
        OptimizerArguments arguments = new OptimizerArguments(train, ARGUMENTS);
        try {
            OptimizerSpec optimizer = switch (name.toLowerCase(Locale.ROOT)) {
                case "adamw" -> adamW(arguments);
                case "adam" -> adam(arguments);
                case "lion" -> lion(arguments);
                case "prodigy" -> prodigy(arguments);
                case "adafactor" -> adafactor(arguments);
                case "sgd" -> sgd(arguments);
                default -> null;
            };
            if (optimizer != null) {
                arguments.reportUnknown();
                return optimizer;
            }
            train.report(NAME, name, NAMES + hint(name));
        } catch (InvalidSettingException e) {
            train.report(ARGUMENTS, e.getMessage());
        }
        return OptimizerSpec.adamW();
    }

    private static String hint(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.endsWith("8bit")) {
            return "; 8-bit optimizers need a library for NVIDIA GPUs, choose the one without 8bit";
        }
        return lower.startsWith("dadapt") ? "; Prodigy adapts its own step size too" : "";
    }

    private static OptimizerSpec adamW(OptimizerArguments arguments) {
        OptimizerSpec.AdamW defaults = OptimizerSpec.adamW();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double epsilon = arguments.number("eps", defaults.epsilon());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.AdamW(betas[0], betas[1], epsilon, weightDecay);
    }

    private static OptimizerSpec adam(OptimizerArguments arguments) {
        OptimizerSpec.Adam defaults = OptimizerSpec.adam();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double epsilon = arguments.number("eps", defaults.epsilon());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.Adam(betas[0], betas[1], epsilon, weightDecay);
    }

    private static OptimizerSpec lion(OptimizerArguments arguments) {
        OptimizerSpec.Lion defaults = OptimizerSpec.lion();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("decoupled_weight_decay", false);
        return new OptimizerSpec.Lion(betas[0], betas[1], weightDecay);
    }

    private static OptimizerSpec prodigy(OptimizerArguments arguments) {
        OptimizerSpec.Prodigy defaults = OptimizerSpec.prodigy();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        arguments.only("decouple", true);
        return new OptimizerSpec.Prodigy(
                betas[0],
                betas[1],
                arguments.numberOrNull("beta3"),
                arguments.number("eps", defaults.epsilon()),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("use_bias_correction", defaults.useBiasCorrection()),
                arguments.flag("safeguard_warmup", defaults.safeguardWarmup()),
                arguments.number("d0", defaults.d0()),
                arguments.number("d_coef", defaults.dCoef()),
                arguments.number("growth_rate", defaults.growthRate()));
    }

    private static OptimizerSpec adafactor(OptimizerArguments arguments) {
        OptimizerSpec.Adafactor defaults = OptimizerSpec.adafactor();
        double[] epsilons = arguments.pair("eps", defaults.epsilon1(), defaults.epsilon2());
        arguments.only("relative_step", false);
        arguments.only("warmup_init", false);
        return new OptimizerSpec.Adafactor(
                epsilons[0],
                epsilons[1],
                arguments.number("clip_threshold", defaults.clipThreshold()),
                arguments.number("decay_rate", defaults.decayRate()),
                arguments.numberOrNull("beta1"),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("scale_parameter", defaults.scaleParameter()));
    }

    private static OptimizerSpec sgd(OptimizerArguments arguments) {
        OptimizerSpec.Sgd defaults = OptimizerSpec.sgd();
        return new OptimizerSpec.Sgd(
                arguments.number("momentum", defaults.momentum()),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("nesterov", defaults.nesterov()));
    }
}
