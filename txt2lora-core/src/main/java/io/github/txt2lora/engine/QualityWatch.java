package io.github.txt2lora.engine;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.LoraQuality.Band;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.event.GapMeasured;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.quality.GapWatch;
import io.github.txt2lora.leco.quality.QualityMeter;
import java.util.List;
import java.util.Optional;

/** Measures a training as often as its settings ask for: the gap on the way, and its quality at the end. */
final class QualityWatch {

    private final EngineJob job;
    private final TrainingSpec spec;
    private final RunLog log;
    private final LecoTrainer trainer;
    private final QualityMeter meter;
    private final GapWatch gaps;
    private double driftAtStart;

    QualityWatch(EngineJob job, RunLog log, LecoTrainer trainer, QualityMeter meter) {
        this.job = job;
        this.spec = job.training().spec();
        this.log = log;
        this.trainer = trainer;
        this.meter = meter;
        this.gaps = new GapWatch(spec.stopping().rule());
    }

    /** Measurements during the run. */
    GapWatch gaps() {
        return gaps;
    }

    /** Work of the network for the measurements. */
    long work() {
        return meter.work();
    }

    /** Before any iteration, be it of an earlier run. */
    void begin() {
        if (!spec.stopping().measureQuality()) {
            driftAtStart = Double.NaN;
        } else if (spec.method().start() != LoraStart.ZERO) {
            driftAtStart = meter.drift();
        }
    }

    /** Measures the gap if it is time. */
    void measureGap() {
        if (!gaps.isDue(log.iteration())) {
            return;
        }
        trainer.attach();
        double gap = meter.gap();
        double smoothed = gaps.add(log.iteration(), gap, trainer.parameters());
        job.publish(new GapMeasured(log.iteration(), gap, smoothed));
    }

    /** The measurement once the LoRA is safe; a cancellation leaves it out. */
    Optional<LoraQuality> atEnd() {
        if (!spec.stopping().measureQuality()) {
            return Optional.empty();
        }
        try {
            trainer.attach();
            List<Band> bands = meter.bands();
            return Optional.of(new LoraQuality(bands.get(0).gap(), bands, meter.drift(), driftAtStart, gaps.gaps()));
        } catch (JobControl.CancelSignal e) {
            // the LoRA is finished all the same
        } catch (Txt2LoraException e) {
            log.warn("the LoRA is written, but its quality could not be measured: " + e.getMessage());
        }
        return Optional.empty();
    }
}
