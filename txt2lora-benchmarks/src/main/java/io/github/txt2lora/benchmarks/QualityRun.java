package io.github.txt2lora.benchmarks;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.Precision;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.Parameterization;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.Vae;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.TrainerGroup;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.cache.LatentFolder;
import io.github.txt2lora.leco.closedform.ClosedFormStart;
import io.github.txt2lora.leco.closedform.EverydayPrompts;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.leco.quality.QualityMeter;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.UNetLoraRules;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.text.PromptEmbedding;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Trains in different ways over one loaded model, and measures the LoRAs on the way. */
final class QualityRun implements AutoCloseable {

    private static final long CACHE_BYTES = 1L << 30;

    private final Torch torch;
    private final NDManager scope;
    private final UNet unet;
    private final Vae vae;
    private final List<String> everydayPrompts;
    private final PromptEmbeddings embeddings;
    private final PictureDistances pictures;
    private final LatentCache measuring = new LatentCache(CACHE_BYTES, LatentFolder.none());

    QualityRun(Path checkpointFile, List<PromptPair> pairs) {
        torch = Torch.start(EngineOptions.builder().threads(1).build());
        scope = torch.newScope();
        try (Checkpoint checkpoint = Checkpoint.open(checkpointFile)) {
            var tokenizer = ClipTokenizer.load();
            everydayPrompts = EverydayPrompts.of(tokenizer);
            PromptEncoder encoder =
                    Families.standard().of(checkpoint).promptEncoder(torch, checkpoint, tokenizer, Precision.FP32, 1);
            embeddings = PromptEmbeddings.encode(
                    encoder,
                    Lessons.of(pairs, Preservation.drawn()).withEveryday(everydayPrompts),
                    scope,
                    warning -> {});
            unet = UNet.load(torch, checkpoint, Precision.FP32);
            vae = Vae.load(torch, checkpoint, Precision.FP32);
            Set<String> prompts = new LinkedHashSet<>(List.of(""));
            pairs.forEach(pair -> prompts.addAll(List.of(pair.target(), pair.positive(), pair.neutral())));
            Map<String, PromptEmbedding> encoded = encoder.encode(prompts, scope, warning -> {});
            pictures = new PictureDistances(torch, unet, vae, encoded);
        }
    }

    /** Trains once, after what the mode has before it. */
    List<QualityPoint> run(QualityMode mode, long seed) {
        try (var cache = new LatentCache(CACHE_BYTES, LatentFolder.none())) {
            TrainingSpec spec = mode.spec(seed);
            if (!mode.before().isEmpty()) {
                train(spec, mode.before(), List.of(spec.iterationsFor(mode.before(), 1)), cache, false);
            }
            return train(spec, mode.pairs(), mode.measuredAfter(), cache, true);
        }
    }

    private List<QualityPoint> train(
            TrainingSpec spec,
            List<PromptPair> pairs,
            List<Integer> measuredAfter,
            LatentCache cache,
            boolean isMeasured) {
        List<QualityPoint> points = new ArrayList<>();
        try (NDManager training = torch.newScope()) {
            var generator = new TorchGenerator(spec.seed());
            Lessons lessons = Lessons.of(pairs, spec.method().preservation()).withEveryday(everydayPrompts);
            LoraParameters parameters = LoraParameters.initialize(
                    training, new UNetLoraRules().select(unet.weightShapes(), spec.lora()), spec.lora(), generator);
            long work = -unet.work();
            long nanos = -System.nanoTime();
            if (spec.method().start() == LoraStart.CLOSED_FORM) {
                ClosedFormStart.standard().apply(model(cache), parameters, lessons);
            }
            try (var trainer = new LecoTrainer(model(cache), parameters, lessons, spec, generator)) {
                var group = new TrainerGroup(torch);
                var meter = new QualityMeter(model(measuring), lessons);
                for (int iteration : measuredAfter) {
                    while (trainer.iteration() < iteration) {
                        group.next(List.of(trainer));
                    }
                    work += unet.work();
                    nanos += System.nanoTime();
                    if (isMeasured) {
                        points.add(point(pairs, meter, iteration, work, nanos * 1e-9));
                    }
                    work -= unet.work();
                    nanos -= System.nanoTime();
                }
            }
        }
        return points;
    }

    private DenoisingModel model(LatentCache cache) {
        return new DenoisingModel(torch, unet, embeddings, Parameterization.EPSILON, "benchmark", cache);
    }

    private QualityPoint point(List<PromptPair> pairs, QualityMeter meter, int iteration, long work, double seconds) {
        List<PictureDistances.Distance> targets =
                pairs.stream().map(pictures::ofTarget).toList();
        PictureDistances.Distance neutral = pictures.ofNeutral(pairs.get(0));
        return new QualityPoint(
                iteration,
                work,
                seconds,
                meter.gap(),
                meter.drift(),
                mean(targets.stream().map(PictureDistances.Distance::latents)),
                mean(targets.stream().map(PictureDistances.Distance::pixels)),
                neutral.latents(),
                neutral.pixels());
    }

    private static double mean(Stream<Double> values) {
        return values.mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    @Override
    public void close() {
        measuring.close();
        vae.close();
        unet.close();
        scope.close();
        torch.close();
    }
}
