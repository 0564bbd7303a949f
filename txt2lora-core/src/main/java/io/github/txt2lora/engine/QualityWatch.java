package io.github.txt2lora.engine;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Band;
import io.github.txt2lora.LoraQuality.Recognition;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.quality.GapWatch;
import io.github.txt2lora.leco.quality.QualityMeter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Measures a training as often as its settings ask for: the gap on the way, and its quality at the end. On several
 * models, the mean of what is measured on each.
 */
final class QualityWatch {

    private final EngineJob job;
    private final TrainingSpec spec;
    private final RunLog log;
    private final LecoTrainer trainer;
    private final List<QualityMeter> meters;
    private final GapWatch gaps;
    private double driftAtStart;

    QualityWatch(EngineJob job, RunLog log, LecoTrainer trainer, List<QualityMeter> meters) {
        this.job = job;
        this.spec = job.training().spec();
        this.log = log;
        this.trainer = trainer;
        this.meters = meters;
        this.gaps = new GapWatch(spec.stopping().rule());
    }

    /** Measurements during the run. */
    GapWatch gaps() {
        return gaps;
    }

    /** Work of the network for the measurements. */
    long work() {
        return meters.stream().mapToLong(QualityMeter::work).sum();
    }

    /** Before any iteration, be it of an earlier run. */
    void begin() {
        if (!spec.stopping().measureQuality()) {
            driftAtStart = Double.NaN;
        } else if (spec.method().start() != LoraStart.ZERO) {
            driftAtStart = mean(onEach(QualityMeter::drift));
        }
    }

    /** Measures the gap if it is time. */
    void measureGap() {
        if (!gaps.isDue(log.iteration())) {
            return;
        }
        double gap = mean(onEach(QualityMeter::gap));
        double smoothed = gaps.add(log.iteration(), gap, trainer.parameters());
        job.publish(new GapMeasured(log.iteration(), gap, smoothed));
    }

    /** The measurement once the LoRA is safe; a cancellation leaves it out. */
    Optional<LoraQuality> atEnd() {
        if (!spec.stopping().measureQuality()) {
            return Optional.empty();
        }
        try {
            List<OnModel> measured = onEach(this::measured);
            List<Band> bands = meanBands(measured.stream().map(OnModel::bands).toList());
            double drift = mean(measured.stream().map(OnModel::drift).toList());
            List<Recognition> recognitions = meanRecognitions(
                    measured.stream().map(OnModel::recognitions).toList());
            return Optional.of(
                    new LoraQuality(bands.get(0).gap(), bands, drift, driftAtStart, recognitions, gaps.gaps()));
        } catch (JobControl.CancelSignal e) {
            // the LoRA is finished all the same
        } catch (Txt2LoraException e) {
            log.warn("the LoRA is written, but its quality could not be measured: " + e.getMessage());
        }
        return Optional.empty();
    }

    private record OnModel(List<Band> bands, double drift, List<Recognition> recognitions) {}

    private OnModel measured(QualityMeter meter) {
        int images = spec.stopping().recognitionImages();
        return new OnModel(meter.bands(), meter.drift(), images == 0 ? List.of() : meter.recognitions(images));
    }

    /** What meters tell while the LoRA is attached to the model of each. */
    private <T> List<T> onEach(Function<QualityMeter, T> measurement) {
        List<T> measured = new ArrayList<>();
        for (int model = 0; model < meters.size(); model++) {
            trainer.attachTo(model);
            measured.add(measurement.apply(meters.get(model)));
        }
        return measured;
    }

    private static List<Band> meanBands(List<List<Band>> ofModels) {
        return IntStream.range(0, ofModels.get(0).size())
                .mapToObj(i -> new Band(
                        ofModels.get(0).get(i).timesteps(),
                        mean(ofModels.stream().map(bands -> bands.get(i).gap()).toList())))
                .toList();
    }

    private static List<Recognition> meanRecognitions(List<List<Recognition>> ofModels) {
        List<Recognition> first = ofModels.get(0);
        return IntStream.range(0, first.size())
                .mapToObj(i -> new Recognition(
                        first.get(i).target(),
                        first.get(i).positive(),
                        mean(ofModels.stream()
                                .map(recognitions -> recognitions.get(i).share())
                                .toList())))
                .toList();
    }

    private static double mean(List<Double> numbers) {
        return numbers.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }
}
