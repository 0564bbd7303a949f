package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * What happens in a training of a {@link FakeTrainingEngine}. Start from {@link #smooth()} and change it.
 *
 * @param losses the loss of each iteration, at least one; the last one is that of all later iterations too
 * @param gaps what is left to learn at each measurement, at least one, likewise; see
 *     {@link io.github.txt2lora.LoraQuality}
 * @param loadTime how long the model loads, on the engine's clock
 * @param iterationTime how long an iteration takes, on the engine's clock
 * @param warnings come after the model was loaded
 * @param failure where the training fails, if it does
 * @param writesFiles whether a saved LoRA is a file, one without tensors; otherwise its events are all there is
 */
public record TrainingScript(
        List<Double> losses,
        List<Double> gaps,
        Duration loadTime,
        Duration iterationTime,
        List<String> warnings,
        Optional<ScriptedFailure> failure,
        boolean writesFiles) {

    /**
     * Checks the components.
     *
     * @throws InvalidSettingException if there is no loss or no gap, or a time is negative
     */
    public TrainingScript {
        losses = atLeastOne("losses", losses);
        gaps = atLeastOne("gaps", gaps);
        requireNotNegative("loadTime", loadTime);
        requireNotNegative("iterationTime", iterationTime);
        warnings = List.copyOf(Check.given("warnings", warnings));
        Check.given("failure", failure);
    }

    private static List<Double> atLeastOne(String setting, List<Double> numbers) {
        if (Check.given(setting, numbers).isEmpty()) {
            throw InvalidSettingException.of(setting, numbers, "at least one number");
        }
        return List.copyOf(numbers);
    }

    private static void requireNotNegative(String setting, Duration time) {
        if (Check.given(setting, time).isNegative()) {
            throw InvalidSettingException.of(setting, time, "zero or more");
        }
    }

    /** Losses and gaps that fall from 1 by a tenth each, in no time, without warnings, failures and files. */
    public static TrainingScript smooth() {
        List<Double> falling = List.of(1.0, 0.9, 0.81, 0.729, 0.6561);
        return new TrainingScript(falling, falling, Duration.ZERO, Duration.ZERO, List.of(), Optional.empty(), false);
    }

    /** With these losses, one for each iteration; the last one is that of all later iterations too. */
    public TrainingScript losses(double first, double... others) {
        return new TrainingScript(all(first, others), gaps, loadTime, iterationTime, warnings, failure, writesFiles);
    }

    /** With these gaps, one for each measurement; the last one is that of all later measurements too. */
    public TrainingScript gaps(double first, double... others) {
        return new TrainingScript(losses, all(first, others), loadTime, iterationTime, warnings, failure, writesFiles);
    }

    private static List<Double> all(double first, double... others) {
        return DoubleStream.concat(DoubleStream.of(first), Arrays.stream(others))
                .boxed()
                .toList();
    }

    /** With a model that takes so long to load. */
    public TrainingScript loadTime(Duration time) {
        return new TrainingScript(losses, gaps, time, iterationTime, warnings, failure, writesFiles);
    }

    /** With iterations that take so long. */
    public TrainingScript iterationTime(Duration time) {
        return new TrainingScript(losses, gaps, loadTime, time, warnings, failure, writesFiles);
    }

    /** With these warnings. */
    public TrainingScript warnings(String... messages) {
        return new TrainingScript(losses, gaps, loadTime, iterationTime, List.of(messages), failure, writesFiles);
    }

    /** Fails while the model loads. */
    public TrainingScript failOnLoad(Txt2LoraException exception) {
        return failing(new ScriptedFailure.OnLoad(exception));
    }

    /** Fails in an iteration, counted from 1. */
    public TrainingScript failAt(int iteration, Txt2LoraException exception) {
        return failing(new ScriptedFailure.AtIteration(iteration, exception));
    }

    /** Fails when the LoRA is to be saved, also on the way. */
    public TrainingScript failOnSave(Txt2LoraException exception) {
        return failing(new ScriptedFailure.OnSave(exception));
    }

    private TrainingScript failing(ScriptedFailure failure) {
        return new TrainingScript(losses, gaps, loadTime, iterationTime, warnings, Optional.of(failure), writesFiles);
    }

    /** With files for saved LoRAs, or without. */
    public TrainingScript writesFiles(boolean writes) {
        return new TrainingScript(losses, gaps, loadTime, iterationTime, warnings, failure, writes);
    }

    /** The loss of an iteration, counted from 1. */
    double loss(int iteration) {
        return losses.get(Math.min(iteration, losses.size()) - 1);
    }

    /** The gap of a measurement, counted from 1. */
    double gap(int measurement) {
        return gaps.get(Math.min(measurement, gaps.size()) - 1);
    }
}
