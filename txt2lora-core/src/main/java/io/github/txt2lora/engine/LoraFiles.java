package io.github.txt2lora.engine;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.event.LoraSaved;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.lora.EmbeddingList;
import io.github.txt2lora.lora.LoraAncestry;
import io.github.txt2lora.lora.LoraFile;
import io.github.txt2lora.lora.LoraMetadata;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.TrainedModels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes a training's LoRA: on the way as often as it is asked for, and at the end. */
final class LoraFiles {

    private final EngineJob job;
    private final LoraTraining training;
    private final RunLog log;
    private final LoraParameters parameters;
    private final Lessons lessons;
    private final BaseModel base;
    private final List<String> modelSha256s;
    private final Optional<StartFile> start;
    private final SortedMap<String, String> embeddings;
    private final Optional<String> pictures;

    LoraFiles(
            EngineJob job,
            RunLog log,
            LoraParameters parameters,
            Lessons lessons,
            BaseModel base,
            List<String> modelSha256s,
            Optional<StartFile> start,
            SortedMap<String, String> embeddings,
            Optional<String> pictures) {
        this.job = job;
        this.training = job.training();
        this.log = log;
        this.parameters = parameters;
        this.lessons = lessons;
        this.base = base;
        this.modelSha256s = modelSha256s;
        this.start = start;
        this.embeddings = embeddings;
        this.pictures = pictures;
    }

    /** The file of the LoRA as it is after an iteration, before the last one. */
    static Path onTheWay(LoraTraining training, int iteration) {
        return training.output().resolve(training.name() + "_" + iteration + "steps.safetensors");
    }

    /** The files that a training writes before its end. */
    static Stream<Path> onTheWay(LoraTraining training) {
        int every = training.spec().saving().everyIterations();
        int iterations = training.iterations();
        return every == 0
                ? Stream.empty()
                : IntStream.rangeClosed(1, iterations / every)
                        .map(number -> number * every)
                        .filter(iteration -> iteration < iterations)
                        .mapToObj(iteration -> onTheWay(training, iteration));
    }

    /** Writes the LoRA as it is after an iteration that is not the last, if that is asked for. */
    void iterationDone(int iteration) {
        int every = training.spec().saving().everyIterations();
        if (every > 0 && iteration % every == 0) {
            save(onTheWay(training, iteration), iteration);
        }
    }

    /** Writes the LoRA as it is after an iteration. */
    Map<String, String> save(Path file, int iteration) {
        Map<String, String> metadata = LoraMetadata.of(
                training,
                lessons.targets(),
                base.profile().labels(base.noiseProcess()),
                base.noiseProcess(),
                log.started(),
                log.now(),
                iteration,
                log.learningRate(),
                parameters.slots().stream().map(LoraParameters.Slot::module).toList());
        pictures.ifPresent(told -> {
            metadata.put(PairPictures.KEY, told);
            metadata.put("ss_training_comment", "LECO: trained from prompts, with pictures as a hint");
        });
        if (!training.alsoOn().isEmpty()) {
            metadata.put(TrainedModels.KEY, TrainedModels.of(training.models(), modelSha256s));
        }
        start.ifPresent(from -> {
            metadata.put(LoraAncestry.KEY, from.ancestry());
            metadata.computeIfPresent(
                    "ss_training_comment", (key, comment) -> comment + ", starting from " + from.name());
        });
        if (!embeddings.isEmpty()) {
            metadata.put(EmbeddingList.KEY, EmbeddingList.of(embeddings));
        }
        Map<String, String> written = LoraFile.write(
                file,
                parameters,
                base.profile().loraRules().naming(),
                training.spec().saving().precision(),
                metadata,
                log::warn);
        job.publish(new LoraSaved(file, iteration));
        return written;
    }
}
