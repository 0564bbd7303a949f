package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LearningRateSchedule;
import java.util.Optional;

/**
 * The keys {@code lr_scheduler}, whose words are LECO's, and {@code lr_scheduler_args}: {@code end_factor} of linear,
 * {@code min_factor} of cosine, {@code min_factor}, {@code first_cycle} and {@code cycle_multiplier} of
 * cosine_with_restarts, {@code step_size} and {@code gamma} of step. The defaults are LECO's.
 */
final class ScheduleKeys {

    private static final Words<LearningRateSchedule> SCHEDULES = Words.of(
                    "constant", (LearningRateSchedule) LearningRateSchedule.constant())
            .and("cosine", LearningRateSchedule.cosine())
            .and("cosine_with_restarts", LearningRateSchedule.cosineWithRestarts())
            .and("linear", LearningRateSchedule.linear())
            .and("step", LearningRateSchedule.step())
            .alias(
                    "constant_with_warmup",
                    LearningRateSchedule.constant(),
                    "the same as constant; lr_warmup_steps says how long the rate rises, 0 if it is not given");

    private ScheduleKeys() {}

    /** The schedule that a file chooses; empty after a problem, which is noted. */
    static Optional<LearningRateSchedule> read(SettingsKeys keys) {
        LearningRateSchedule schedule =
                keys.value(SettingKey.LR_SCHEDULER, Kind.of(SCHEDULES), LearningRateSchedule.constant());
        NamedArguments arguments =
                new NamedArguments(keys.section(SettingKey.LR_SCHEDULER_ARGS), keys.name(SettingKey.LR_SCHEDULER_ARGS));
        try {
            LearningRateSchedule read = read(schedule, arguments);
            arguments.reportUnknown();
            return Optional.of(read);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.LR_SCHEDULER_ARGS, e.getMessage());
            return Optional.empty();
        }
    }

    private static LearningRateSchedule read(LearningRateSchedule schedule, NamedArguments arguments) {
        if (schedule instanceof LearningRateSchedule.Linear linear) {
            return new LearningRateSchedule.Linear(arguments.number("end_factor", linear.endFactor()));
        } else if (schedule instanceof LearningRateSchedule.Cosine cosine) {
            return new LearningRateSchedule.Cosine(arguments.number("min_factor", cosine.minimumFactor()));
        } else if (schedule instanceof LearningRateSchedule.CosineWithRestarts restarts) {
            return new LearningRateSchedule.CosineWithRestarts(
                    arguments.number("min_factor", restarts.minimumFactor()),
                    arguments.integer("first_cycle", restarts.firstCycle()),
                    arguments.integer("cycle_multiplier", restarts.cycleMultiplier()));
        } else if (schedule instanceof LearningRateSchedule.Step step) {
            return new LearningRateSchedule.Step(
                    arguments.integer("step_size", step.stepSize()), arguments.number("gamma", step.gamma()));
        }
        return schedule;
    }

    /** The schedule's word. */
    static String name(LearningRateSchedule schedule) {
        return write(schedule, new ArgumentsText());
    }

    /** Those of its arguments that differ from LECO's; empty if none does. */
    static String arguments(LearningRateSchedule schedule) {
        var arguments = new ArgumentsText();
        write(schedule, arguments);
        return arguments.toString();
    }

    private static String write(LearningRateSchedule schedule, ArgumentsText arguments) {
        if (schedule instanceof LearningRateSchedule.Linear linear) {
            arguments.number(
                    "end_factor",
                    linear.endFactor(),
                    LearningRateSchedule.linear().endFactor());
            return "linear";
        } else if (schedule instanceof LearningRateSchedule.Cosine cosine) {
            arguments.number(
                    "min_factor",
                    cosine.minimumFactor(),
                    LearningRateSchedule.cosine().minimumFactor());
            return "cosine";
        } else if (schedule instanceof LearningRateSchedule.CosineWithRestarts restarts) {
            LearningRateSchedule.CosineWithRestarts defaults = LearningRateSchedule.cosineWithRestarts();
            arguments
                    .number("min_factor", restarts.minimumFactor(), defaults.minimumFactor())
                    .number("first_cycle", restarts.firstCycle(), defaults.firstCycle())
                    .number("cycle_multiplier", restarts.cycleMultiplier(), defaults.cycleMultiplier());
            return "cosine_with_restarts";
        } else if (schedule instanceof LearningRateSchedule.Step step) {
            LearningRateSchedule.Step defaults = LearningRateSchedule.step();
            arguments
                    .number("step_size", step.stepSize(), defaults.stepSize())
                    .number("gamma", step.gamma(), defaults.gamma());
            return "step";
        }
        return "constant";
    }
}
