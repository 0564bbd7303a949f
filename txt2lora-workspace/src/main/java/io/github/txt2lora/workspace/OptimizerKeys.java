package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.TrainingSpec;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The keys {@code optimizer} and {@code optimizer_args}, which are LECO's. Beside LECO's own AdamW, Adam, Lion and
 * Prodigy, Muon, Adafactor and SGD can be chosen. Arguments bear the names of the Python libraries.
 */
final class OptimizerKeys {

    private static final List<NamedForm<? extends OptimizerSpec>> FORMS = List.of(
            new NamedForm<>("Muon", OptimizerSpec.Muon.class, OptimizerSpec.muon(), OptimizerKeys::muon),
            new NamedForm<>("AdamW", OptimizerSpec.AdamW.class, OptimizerSpec.adamW(), OptimizerKeys::adamW),
            new NamedForm<>("Adam", OptimizerSpec.Adam.class, OptimizerSpec.adam(), OptimizerKeys::adam),
            new NamedForm<>("Lion", OptimizerSpec.Lion.class, OptimizerSpec.lion(), OptimizerKeys::lion),
            new NamedForm<>("Prodigy", OptimizerSpec.Prodigy.class, OptimizerSpec.prodigy(), OptimizerKeys::prodigy),
            new NamedForm<>(
                    "Adafactor", OptimizerSpec.Adafactor.class, OptimizerSpec.adafactor(), OptimizerKeys::adafactor),
            new NamedForm<>("SGD", OptimizerSpec.Sgd.class, OptimizerSpec.sgd(), OptimizerKeys::sgd));

    private OptimizerKeys() {}

    /** The names of all, for the documentation. */
    static String documentedNames() {
        return FORMS.stream().map(form -> "`" + form.name() + "`").collect(Collectors.joining(", "));
    }

    /**
     * Sets the optimizer if a file chooses one or leaves it to the training; problems are noted. Arguments without a name
     * are AdamW's, as in LECO.
     */
    static void read(SettingsKeys keys, TrainingSpec.Builder spec) {
        boolean hasArguments = keys.given(SettingKey.OPTIMIZER_ARGS);
        if (!keys.given(SettingKey.OPTIMIZER) && !hasArguments) {
            return;
        }
        String name = keys.value(SettingKey.OPTIMIZER, Kind.TEXT, Kind.AUTO);
        if (!name.strip().equalsIgnoreCase(Kind.AUTO)) {
            read(keys, name).ifPresent(optimizer -> spec.optimizer(optimizer));
        } else if (hasArguments) {
            read(keys, "adamw").ifPresent(optimizer -> spec.optimizer(optimizer));
        } else {
            spec.optimizer(Optional.empty());
        }
    }

    private static Optional<OptimizerSpec> read(SettingsKeys keys, String name) {
        var arguments = new NamedArguments(keys, SettingKey.OPTIMIZER_ARGS);
        OptimizerName called = OptimizerName.of(
                name,
                FORMS.stream().map(form -> form.name().toLowerCase(Locale.ROOT)).collect(Collectors.toSet()));
        if (!called.note().isEmpty()) {
            keys.warn(SettingKey.OPTIMIZER, name, called.note());
        }
        Optional<NamedForm<? extends OptimizerSpec>> form = FORMS.stream()
                .filter(known -> called.known()
                        .filter(known.name().toLowerCase(Locale.ROOT)::equals)
                        .isPresent())
                .findFirst();
        if (form.isEmpty()) {
            keys.report(
                    SettingKey.OPTIMIZER,
                    name,
                    FORMS.stream().map(NamedForm::name).collect(Collectors.joining(", ", "one of ", ", " + Kind.AUTO))
                            + called.hint());
            return Optional.empty();
        }
        try {
            OptimizerSpec optimizer = form.get().read(arguments);
            arguments.reportUnknown();
            return Optional.of(optimizer);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.OPTIMIZER_ARGS, e.getMessage());
            return Optional.empty();
        }
    }

    /** The name in a file. */
    static String name(Optional<OptimizerSpec> optimizer) {
        return optimizer.map(named -> form(named).name()).orElse(Kind.AUTO);
    }

    static NamedForm<? extends OptimizerSpec> form(OptimizerSpec optimizer) {
        return NamedForm.of(optimizer, FORMS);
    }

    private static OptimizerSpec.Muon muon(Arguments arguments, OptimizerSpec.Muon muon) {
        return new OptimizerSpec.Muon(
                arguments.number("momentum", muon.momentum()),
                arguments.flag("nesterov", muon.nesterov()),
                arguments.number("weight_decay", muon.weightDecay()));
    }

    private static OptimizerSpec.AdamW adamW(Arguments arguments, OptimizerSpec.AdamW adamW) {
        double[] betas = arguments.pair("betas", adamW.beta1(), adamW.beta2());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.AdamW(
                betas[0],
                betas[1],
                arguments.number("eps", adamW.epsilon()),
                arguments.number("weight_decay", adamW.weightDecay()));
    }

    private static OptimizerSpec.Adam adam(Arguments arguments, OptimizerSpec.Adam adam) {
        double[] betas = arguments.pair("betas", adam.beta1(), adam.beta2());
        arguments.only("amsgrad", false);
        return new OptimizerSpec.Adam(
                betas[0],
                betas[1],
                arguments.number("eps", adam.epsilon()),
                arguments.number("weight_decay", adam.weightDecay()));
    }

    private static OptimizerSpec.Lion lion(Arguments arguments, OptimizerSpec.Lion lion) {
        double[] betas = arguments.pair("betas", lion.beta1(), lion.beta2());
        arguments.only("decoupled_weight_decay", false);
        return new OptimizerSpec.Lion(betas[0], betas[1], arguments.number("weight_decay", lion.weightDecay()));
    }

    private static OptimizerSpec.Prodigy prodigy(Arguments arguments, OptimizerSpec.Prodigy prodigy) {
        double[] betas = arguments.pair("betas", prodigy.beta1(), prodigy.beta2());
        arguments.only("decouple", true);
        return new OptimizerSpec.Prodigy(
                betas[0],
                betas[1],
                arguments.numberIfGiven("beta3", prodigy.beta3()),
                arguments.number("eps", prodigy.epsilon()),
                arguments.number("weight_decay", prodigy.weightDecay()),
                arguments.flag("use_bias_correction", prodigy.useBiasCorrection()),
                arguments.flag("safeguard_warmup", prodigy.safeguardWarmup()),
                arguments.number("d0", prodigy.d0()),
                arguments.number("d_coef", prodigy.dCoef()),
                arguments.number("growth_rate", prodigy.growthRate()));
    }

    private static OptimizerSpec.Adafactor adafactor(Arguments arguments, OptimizerSpec.Adafactor adafactor) {
        double[] epsilons = arguments.pair("eps", adafactor.epsilon1(), adafactor.epsilon2());
        arguments.only("relative_step", false);
        arguments.only("warmup_init", false);
        return new OptimizerSpec.Adafactor(
                epsilons[0],
                epsilons[1],
                arguments.number("clip_threshold", adafactor.clipThreshold()),
                arguments.number("decay_rate", adafactor.decayRate()),
                arguments.numberIfGiven("beta1", adafactor.beta1()),
                arguments.number("weight_decay", adafactor.weightDecay()),
                arguments.flag("scale_parameter", adafactor.scaleParameter()));
    }

    private static OptimizerSpec.Sgd sgd(Arguments arguments, OptimizerSpec.Sgd sgd) {
        return new OptimizerSpec.Sgd(
                arguments.number("momentum", sgd.momentum()),
                arguments.number("weight_decay", sgd.weightDecay()),
                arguments.flag("nesterov", sgd.nesterov()));
    }
}
