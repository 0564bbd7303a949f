package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * The script of a training of a {@link FakeTrainingEngine}. Start from {@link #smooth()} and change it.
 *
 * @param losses the loss of each iteration, at least one; the last one is that of all later iterations too
 * @param gaps the gap at each measurement, at least one, likewise; see
 *     {@link io.github.txt2lora.LoraQuality}
 * @param loadTime time to load the model, on the engine's clock
 * @param iterationTime time for an iteration, on the engine's clock
 * @param warnings come after the model was loaded
 * @param failure where the training fails, if it does
 * @param writesFiles whether a saved LoRA is a file, one without tensors; otherwise its events are all there is
 * @param downloads bytes of the model that are there, one number for each
 *     {@link io.github.txt2lora.event.ModelDownloading}, the last one of the whole file; none if it is there already
 * @param recoveries iterations with non-finite numbers after which the training continues
 */
public record TrainingScript(
        List<Double> losses,
        List<Double> gaps,
        Duration loadTime,
        Duration iterationTime,
        List<String> warnings,
        Optional<ScriptedFailure> failure,
        boolean writesFiles,
        List<Long> downloads,
        List<ScriptedRecovery> recoveries) {

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
        downloads = increasing(Check.given("downloads", downloads));
        recoveries = List.copyOf(Check.given("recoveries", recoveries));
    }

    private static List<Long> increasing(List<Long> bytes) {
        long before = 0;
        for (long number : bytes) {
            if (number < before) {
                throw InvalidSettingException.of("downloads", bytes, "numbers of bytes that do not become smaller");
            }
            before = number;
        }
        return List.copyOf(bytes);
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
        return new TrainingScript(
                falling,
                falling,
                Duration.ZERO,
                Duration.ZERO,
                List.of(),
                Optional.empty(),
                false,
                List.of(),
                List.of());
    }

    /** With these losses, one for each iteration; the last one is that of all later iterations too. */
    public TrainingScript losses(double first, double... others) {
        return new TrainingScript(
                all(first, others),
                gaps,
                loadTime,
                iterationTime,
                warnings,
                failure,
                writesFiles,
                downloads,
                recoveries);
    }

    /** With these gaps, one for each measurement; the last one is that of all later measurements too. */
    public TrainingScript gaps(double first, double... others) {
        return new TrainingScript(
                losses,
                all(first, others),
                loadTime,
                iterationTime,
                warnings,
                failure,
                writesFiles,
                downloads,
                recoveries);
    }

    private static List<Double> all(double first, double... others) {
        return DoubleStream.concat(DoubleStream.of(first), Arrays.stream(others))
                .boxed()
                .toList();
    }

    /** With a model that takes so long to load. */
    public TrainingScript loadTime(Duration time) {
        return new TrainingScript(
                losses, gaps, time, iterationTime, warnings, failure, writesFiles, downloads, recoveries);
    }

    /** With iterations that take so long. */
    public TrainingScript iterationTime(Duration time) {
        return new TrainingScript(losses, gaps, loadTime, time, warnings, failure, writesFiles, downloads, recoveries);
    }

    /** With these warnings. */
    public TrainingScript warnings(String... messages) {
        return new TrainingScript(
                losses, gaps, loadTime, iterationTime, List.of(messages), failure, writesFiles, downloads, recoveries);
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

    /**
     * Downloads the model first, within the time that it loads.
     *
     * @param bytes how many are there, for each {@link io.github.txt2lora.event.ModelDownloading} at equal distances;
     *     the last number is the size of the file
     */
    public TrainingScript download(long... bytes) {
        return new TrainingScript(
                losses,
                gaps,
                loadTime,
                iterationTime,
                warnings,
                failure,
                writesFiles,
                LongStream.of(bytes).boxed().toList(),
                recoveries);
    }

    /**
     * Goes back to where iterations were good, instead of finishing an iteration for the first time; adds to the
     * recoveries that are there.
     *
     * @param iteration counted from 1
     * @param found description of the non-finite number, for {@link io.github.txt2lora.event.TrainingRecovered}
     * @param resumesAfter iterations that are kept, fewer than {@code iteration}
     */
    public TrainingScript recoverAt(int iteration, String found, int resumesAfter) {
        List<ScriptedRecovery> more = new ArrayList<>(recoveries);
        more.add(new ScriptedRecovery(iteration, found, resumesAfter));
        return new TrainingScript(
                losses, gaps, loadTime, iterationTime, warnings, failure, writesFiles, downloads, more);
    }

    private TrainingScript failing(ScriptedFailure failure) {
        return new TrainingScript(
                losses,
                gaps,
                loadTime,
                iterationTime,
                warnings,
                Optional.of(failure),
                writesFiles,
                downloads,
                recoveries);
    }

    /** With files for saved LoRAs, or without. */
    public TrainingScript writesFiles(boolean writes) {
        return new TrainingScript(
                losses, gaps, loadTime, iterationTime, warnings, failure, writes, downloads, recoveries);
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
