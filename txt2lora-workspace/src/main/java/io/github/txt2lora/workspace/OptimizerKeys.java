package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.OptimizerSpec;
import java.util.Optional;

/**
 * The keys {@code optimizer} and {@code optimizer_args}, which are LECO's. Beside LECO's own AdamW, Adam, Lion and Prodigy, Adafactor
 * and SGD can be chosen. Arguments bear the names of the Python libraries.
 */
final class OptimizerKeys {

    private static final String NAMES = "one of AdamW, Adam, Lion, Prodigy, Adafactor, SGD";

    private OptimizerKeys() {}

    /** The optimizer that a file chooses; empty if it chooses none, or after a problem, which is noted. */
    static Optional<OptimizerSpec> read(SettingsKeys keys) {
        boolean isNamed = keys.given(SettingKey.OPTIMIZER);
        if (!keys.given(SettingKey.OPTIMIZER_ARGS) && !isNamed) {
            return Optional.empty();
        }
        String name = keys.value(SettingKey.OPTIMIZER, Kind.TEXT, "adamw");
        NamedArguments arguments =
                new NamedArguments(keys.section(SettingKey.OPTIMIZER_ARGS), keys.name(SettingKey.OPTIMIZER_ARGS));
        OptimizerName called = OptimizerName.of(name);
        if (!called.note().isEmpty()) {
            keys.warn(SettingKey.OPTIMIZER, name, called.note());
        }
        try {
            OptimizerSpec optimizer = switch (called.known().orElse("")) {
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
                return Optional.of(optimizer);
            }
            keys.report(SettingKey.OPTIMIZER, name, NAMES + called.hint());
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.OPTIMIZER_ARGS, e.getMessage());
        }
        return Optional.empty();
    }

    /** The optimizer's name. */
    static String name(OptimizerSpec optimizer) {
        return write(optimizer, new ArgumentsText());
    }

    /** Those of its arguments that differ from the libraries' defaults; empty if none does. */
    static String arguments(OptimizerSpec optimizer) {
        var arguments = new ArgumentsText();
        write(optimizer, arguments);
        return arguments.toString();
    }

    private static String write(OptimizerSpec optimizer, ArgumentsText arguments) {
        if (optimizer instanceof OptimizerSpec.AdamW adamW) {
            OptimizerSpec.AdamW defaults = OptimizerSpec.adamW();
            arguments
                    .pair("betas", adamW.beta1(), adamW.beta2(), defaults.beta1(), defaults.beta2())
                    .number("eps", adamW.epsilon(), defaults.epsilon())
                    .number("weight_decay", adamW.weightDecay(), defaults.weightDecay());
            return "AdamW";
        } else if (optimizer instanceof OptimizerSpec.Adam adam) {
            OptimizerSpec.Adam defaults = OptimizerSpec.adam();
            arguments
                    .pair("betas", adam.beta1(), adam.beta2(), defaults.beta1(), defaults.beta2())
                    .number("eps", adam.epsilon(), defaults.epsilon())
                    .number("weight_decay", adam.weightDecay(), defaults.weightDecay());
            return "Adam";
        } else if (optimizer instanceof OptimizerSpec.Lion lion) {
            OptimizerSpec.Lion defaults = OptimizerSpec.lion();
            arguments
                    .pair("betas", lion.beta1(), lion.beta2(), defaults.beta1(), defaults.beta2())
                    .number("weight_decay", lion.weightDecay(), defaults.weightDecay());
            return "Lion";
        } else if (optimizer instanceof OptimizerSpec.Prodigy prodigy) {
            OptimizerSpec.Prodigy defaults = OptimizerSpec.prodigy();
            arguments
                    .pair("betas", prodigy.beta1(), prodigy.beta2(), defaults.beta1(), defaults.beta2())
                    .numberIfGiven("beta3", prodigy.beta3())
                    .number("eps", prodigy.epsilon(), defaults.epsilon())
                    .number("weight_decay", prodigy.weightDecay(), defaults.weightDecay())
                    .flag("use_bias_correction", prodigy.useBiasCorrection(), defaults.useBiasCorrection())
                    .flag("safeguard_warmup", prodigy.safeguardWarmup(), defaults.safeguardWarmup())
                    .number("d0", prodigy.d0(), defaults.d0())
                    .number("d_coef", prodigy.dCoef(), defaults.dCoef())
                    .number("growth_rate", prodigy.growthRate(), defaults.growthRate());
            return "Prodigy";
        } else if (optimizer instanceof OptimizerSpec.Adafactor adafactor) {
            OptimizerSpec.Adafactor defaults = OptimizerSpec.adafactor();
            arguments
                    .pair("eps", adafactor.epsilon1(), adafactor.epsilon2(), defaults.epsilon1(), defaults.epsilon2())
                    .number("clip_threshold", adafactor.clipThreshold(), defaults.clipThreshold())
                    .number("decay_rate", adafactor.decayRate(), defaults.decayRate())
                    .numberIfGiven("beta1", adafactor.beta1())
                    .number("weight_decay", adafactor.weightDecay(), defaults.weightDecay())
                    .flag("scale_parameter", adafactor.scaleParameter(), defaults.scaleParameter());
            return "Adafactor";
        } else if (optimizer instanceof OptimizerSpec.Sgd sgd) {
            OptimizerSpec.Sgd defaults = OptimizerSpec.sgd();
            arguments
                    .number("momentum", sgd.momentum(), defaults.momentum())
                    .number("weight_decay", sgd.weightDecay(), defaults.weightDecay())
                    .flag("nesterov", sgd.nesterov(), defaults.nesterov());
            return "SGD";
        }
        throw new IllegalArgumentException("unknown kind of optimizer: " + optimizer);
    }

    private static OptimizerSpec adamW(NamedArguments arguments) {
        OptimizerSpec.AdamW defaults = OptimizerSpec.adamW();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double epsilon = arguments.number("eps", defaults.epsilon());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.AdamW(betas[0], betas[1], epsilon, weightDecay);
    }

    private static OptimizerSpec adam(NamedArguments arguments) {
        OptimizerSpec.Adam defaults = OptimizerSpec.adam();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double epsilon = arguments.number("eps", defaults.epsilon());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.Adam(betas[0], betas[1], epsilon, weightDecay);
    }

    private static OptimizerSpec lion(NamedArguments arguments) {
        OptimizerSpec.Lion defaults = OptimizerSpec.lion();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        double weightDecay = arguments.number("weight_decay", defaults.weightDecay());
        arguments.only("decoupled_weight_decay", false);
        return new OptimizerSpec.Lion(betas[0], betas[1], weightDecay);
    }

    private static OptimizerSpec prodigy(NamedArguments arguments) {
        OptimizerSpec.Prodigy defaults = OptimizerSpec.prodigy();
        double[] betas = arguments.pair("betas", defaults.beta1(), defaults.beta2());
        arguments.only("decouple", true);
        return new OptimizerSpec.Prodigy(
                betas[0],
                betas[1],
                arguments.numberIfGiven("beta3"),
                arguments.number("eps", defaults.epsilon()),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("use_bias_correction", defaults.useBiasCorrection()),
                arguments.flag("safeguard_warmup", defaults.safeguardWarmup()),
                arguments.number("d0", defaults.d0()),
                arguments.number("d_coef", defaults.dCoef()),
                arguments.number("growth_rate", defaults.growthRate()));
    }

    private static OptimizerSpec adafactor(NamedArguments arguments) {
        OptimizerSpec.Adafactor defaults = OptimizerSpec.adafactor();
        double[] epsilons = arguments.pair("eps", defaults.epsilon1(), defaults.epsilon2());
        arguments.only("relative_step", false);
        arguments.only("warmup_init", false);
        return new OptimizerSpec.Adafactor(
                epsilons[0],
                epsilons[1],
                arguments.number("clip_threshold", defaults.clipThreshold()),
                arguments.number("decay_rate", defaults.decayRate()),
                arguments.numberIfGiven("beta1"),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("scale_parameter", defaults.scaleParameter()));
    }

    private static OptimizerSpec sgd(NamedArguments arguments) {
        OptimizerSpec.Sgd defaults = OptimizerSpec.sgd();
        return new OptimizerSpec.Sgd(
                arguments.number("momentum", defaults.momentum()),
                arguments.number("weight_decay", defaults.weightDecay()),
                arguments.flag("nesterov", defaults.nesterov()));
    }
}
