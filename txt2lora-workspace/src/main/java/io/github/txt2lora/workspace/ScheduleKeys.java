package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import io.github.txt2lora.LearningRateSchedule.Constant;
import io.github.txt2lora.LearningRateSchedule.Cosine;
import io.github.txt2lora.LearningRateSchedule.CosineWithRestarts;
import io.github.txt2lora.LearningRateSchedule.Linear;
import io.github.txt2lora.LearningRateSchedule.Step;
import java.util.List;
import java.util.Optional;

/** The keys {@code lr_scheduler} and {@code lr_scheduler_args}. Words and defaults are LECO's. */
final class ScheduleKeys {

    private static final List<NamedForm<? extends LearningRateSchedule>> FORMS = List.of(
            new NamedForm<>(
                    "constant", Constant.class, LearningRateSchedule.constant(), (arguments, constant) -> constant),
            new NamedForm<>(
                    "cosine",
                    Cosine.class,
                    LearningRateSchedule.cosine(),
                    (arguments, cosine) -> new Cosine(arguments.number("min_factor", cosine.minimumFactor()))),
            new NamedForm<>(
                    "cosine_with_restarts",
                    CosineWithRestarts.class,
                    LearningRateSchedule.cosineWithRestarts(),
                    (arguments, restarts) -> new CosineWithRestarts(
                            arguments.number("min_factor", restarts.minimumFactor()),
                            arguments.integer("first_cycle", restarts.firstCycle()),
                            arguments.integer("cycle_multiplier", restarts.cycleMultiplier()))),
            new NamedForm<>(
                    "linear",
                    Linear.class,
                    LearningRateSchedule.linear(),
                    (arguments, linear) -> new Linear(arguments.number("end_factor", linear.endFactor()))),
            new NamedForm<>(
                    "step",
                    Step.class,
                    LearningRateSchedule.step(),
                    (arguments, step) -> new Step(
                            arguments.integer("step_size", step.stepSize()), arguments.number("gamma", step.gamma()))));

    private static final Words<NamedForm<? extends LearningRateSchedule>> WORDS = words();

    private ScheduleKeys() {}

    private static Words<NamedForm<? extends LearningRateSchedule>> words() {
        NamedForm<? extends LearningRateSchedule> constant = FORMS.get(0);
        Words<NamedForm<? extends LearningRateSchedule>> words = Words.of(constant.name(), constant);
        for (NamedForm<? extends LearningRateSchedule> form : FORMS) {
            words = words.and(form.name(), form);
        }
        return words.alias(
                "constant_with_warmup",
                constant,
                "the same as constant; lr_warmup_steps says how long the rate rises, 0 if it is not given");
    }

    /** The schedule that a file or its layout chooses; empty after a problem, which is noted. */
    static Optional<LearningRateSchedule> read(SettingsKeys keys) {
        NamedForm<? extends LearningRateSchedule> form = keys.value(
                SettingKey.LR_SCHEDULER,
                Kind.of(WORDS),
                form(keys.layout().defaults().learningRateSchedule()));
        var arguments = new NamedArguments(keys, SettingKey.LR_SCHEDULER_ARGS);
        try {
            LearningRateSchedule schedule = form.read(arguments);
            arguments.reportUnknown();
            return Optional.of(schedule);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.LR_SCHEDULER_ARGS, e.getMessage());
            return Optional.empty();
        }
    }

    static NamedForm<? extends LearningRateSchedule> form(LearningRateSchedule schedule) {
        return NamedForm.of(schedule, FORMS);
    }
}
