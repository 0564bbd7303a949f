package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.ImageEncoder;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.family.OneLoraForAll;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.internal.file.StorageFailure;
import io.github.txt2lora.leco.LecoTrainer;
import io.github.txt2lora.leco.closedform.ClosedFormStart;
import io.github.txt2lora.leco.closedform.EverydayPrompts;
import io.github.txt2lora.leco.estimate.DeviceSize;
import io.github.txt2lora.leco.estimate.DiskNeed;
import io.github.txt2lora.leco.estimate.TrainingMemory;
import io.github.txt2lora.leco.hint.HintLearner;
import io.github.txt2lora.leco.hint.PictureHint;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.leco.optimizer.LossScale;
import io.github.txt2lora.leco.quality.QualityMeter;
import io.github.txt2lora.lora.LoraModule;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.StartingLora;
import io.github.txt2lora.lora.TrainedLayers;
import io.github.txt2lora.spi.DownloadProgress;
import io.github.txt2lora.text.PromptEncoder;
import io.github.txt2lora.torch.TorchException;
import io.github.txt2lora.torch.TorchGenerator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;

/** Loads what a training needs and puts it together. */
final class TrainingSetup {

    private static final int NAMES_IN_WARNING = 3;

    private final EngineParts engine;
    private final EngineJob job;
    private final LoraTraining training;
    private final TrainingSpec spec;
    private final RunLog log;
    private final HeldResources held;
    private final int together;
    private final PairPictures pictures;
    private final Lessons lessons;
    private final Set<String> ownPrompts;

    /**
     * Nothing is loaded yet.
     *
     * @param held takes all that is to be closed when the training ends
     * @param together number of trainings at the same time, this one included
     */
    TrainingSetup(EngineParts engine, EngineJob job, RunLog log, HeldResources held, int together) {
        this.engine = engine;
        this.job = job;
        this.training = job.training();
        this.spec = training.spec();
        this.log = log;
        this.held = held;
        this.together = together;
        this.pictures = PairPictures.read(training.prompts(), log::checkpoint);
        Lessons ofPairs = Lessons.of(pictures.pairs(), spec.method()).withCaptioned(pictures.captionedPrompts());
        this.ownPrompts = ofPairs.prompts();
        this.lessons = spec.method().start() == LoraStart.CLOSED_FORM
                ? ofPairs.withEveryday(EverydayPrompts.of(engine.tokenizer()))
                : ofPairs;
    }

    /** The denoisers in the order of their turns, and the loop, once everything is loaded. */
    record Opened(List<Denoiser> denoisers, MemoryUse memory, TrainingLoop loop) {}

    /** The prompts, and digests of the textual-inversion embeddings that they name. */
    record EncodedPrompts(PromptEmbeddings embeddings, SortedMap<String, String> named) {}

    /** What is known of the models, and on the device, before the denoisers are. */
    record Encoded(
            List<Checkpoint> checkpoints,
            FamilyProfile profile,
            List<BaseModel> bases,
            TrainingMemory memory,
            NDManager scope,
            List<EncodedPrompts> prompts,
            List<List<PictureHint>> hints,
            List<PreviewPrompts> previews) {

        /** Digests of the embeddings that the prompts name, which are the same files for all models. */
        SortedMap<String, String> named() {
            return prompts.get(0).named();
        }
    }

    /** Opens the models and encodes the prompts. The text encoders are gone from the device afterwards. */
    Encoded encode() {
        warnIfNothingIsTaught();
        engine.torch()
                .gpu()
                .flatMap(gpu -> gpu.adviceFor(spec.modelUse().precision()))
                .ifPresent(log::warn);
        // the folder first: a model may have to be downloaded for an hour
        job.output().require(log::warn);
        LoraFiles.onTheWay(training).forEach(RegularFile::requireReplaceable);
        StartFile.requireKept(training);
        NDManager scope = held.hold(engine.torch().newScope());
        List<Checkpoint> checkpoints =
                training.models().stream().map(this::openModel).toList();
        OneLoraForAll.require(engine.families(), checkpoints, spec.modelUse());
        FamilyProfile profile = engine.families().of(checkpoints.get(0));
        for (PromptPair pair : training.prompts()) {
            ImageMultiple.require("resolution", pair.height(), profile.family());
            ImageMultiple.require("resolution", pair.width(), profile.family());
        }
        PreviewPrompts.requireFits(training, profile);
        TrainingMemory memory = memory(profile, checkpoints.get(0));
        List<BaseModel> bases = checkpoints.stream()
                .map(checkpoint -> new BaseModel(
                        profile,
                        profile.noiseProcess(
                                checkpoint,
                                spec.modelUse().predictionType(),
                                spec.modelUse().terminalSnr(),
                                log::warn)))
                .toList();
        warnOfUselessCrops(profile);
        log.checkpoint();
        if (memory.encodesAlone()) {
            engine.models().close();
        }
        List<EncodedPrompts> prompts = checkpoints.stream()
                .map(checkpoint -> encodePrompts(profile, checkpoint, scope))
                .toList();
        List<List<PictureHint>> hints = checkpoints.stream()
                .map(checkpoint -> encodePictures(profile, checkpoint))
                .toList();
        List<PreviewPrompts> previews = encodePreviews(profile, checkpoints.get(0), scope);
        return new Encoded(checkpoints, profile, bases, memory, scope, prompts, hints, previews);
    }

    /** Without previews, the training is as good. */
    private List<PreviewPrompts> encodePreviews(FamilyProfile profile, Checkpoint checkpoint, NDManager scope) {
        if (!training.preview().isOn()) {
            return List.of();
        }
        try {
            try {
                return PreviewPrompts.encode(engine, training, profile, checkpoint, scope, this::warnOnce);
            } catch (TorchException e) {
                if (!e.isOutOfMemory()) {
                    throw e;
                }
                engine.models().close();
                return PreviewPrompts.encode(engine, training, profile, checkpoint, scope, this::warnOnce);
            }
        } catch (InvalidSettingException e) {
            throw e;
        } catch (Txt2LoraException e) {
            log.warn("no previews are drawn, since their prompts could not be encoded: " + e.getMessage());
            return List.of();
        }
    }

    /** Previews have prompts of the training, of which it has warned. */
    private void warnOnce(String message) {
        if (!log.warnings().contains(Excerpt.message(message))) {
            log.warn(message);
        }
    }

    /** The encoder of images is gone from the device afterwards. */
    private List<PictureHint> encodePictures(FamilyProfile profile, Checkpoint checkpoint) {
        if (pictures.isEmpty()) {
            return List.of();
        }
        checkpoint.requireFinite(Component.VAE);
        try {
            return encodePicturesOnce(profile, checkpoint);
        } catch (TorchException e) {
            if (!e.isOutOfMemory()) {
                throw e;
            }
            engine.models().close();
            return encodePicturesOnce(profile, checkpoint);
        }
    }

    private List<PictureHint> encodePicturesOnce(FamilyProfile profile, Checkpoint checkpoint) {
        try (ImageEncoder encoder =
                profile.loadEncoder(engine.torch(), checkpoint, spec.modelUse().precision())) {
            return pictures.encode(engine.torch(), encoder, log::checkpoint);
        } finally {
            engine.torch().emptyCache();
        }
    }

    /** The model with what the pictures add to words, learned in no more memory than a step of the training takes. */
    private DenoisingModel withHints(DenoisingModel model, Encoded encoded, int number) {
        List<PictureHint> hints = encoded.hints().get(number);
        if (hints.isEmpty()) {
            return model;
        }
        MemoryUse use = encoded.memory().use();
        int atOnce = Math.min(use.samplesAtOnce(), encoded.memory().plan().samples());
        model.denoiser().use(new MemoryUse(atOnce, use.recomputed(), use.recomputedWhenShort()));
        try (NDManager scope = engine.torch().newScope()) {
            // one of a training before is of no use, and in the way
            model.denoiser().detachLora(scope);
        }
        var learner = new HintLearner(model, LossScale.initial(spec.modelUse().precision()));
        PromptEmbeddings embeddings = model.embeddings();
        for (PictureHint hint : hints) {
            log.checkpoint();
            embeddings = embeddings.with(hint.prompt(), learner.learn(encoded.scope(), hint));
        }
        model.denoiser().use(use);
        return model.with(embeddings);
    }

    private Checkpoint openModel(ModelSource model) {
        return held.hold(engine.models().open(model, progress -> downloading(model, progress), log::checkpoint));
    }

    private TrainingMemory memory(FamilyProfile profile, Checkpoint checkpoint) {
        TrainingMemory memory = TrainingMemory.of(
                profile,
                checkpoint,
                spec,
                training.prompts(),
                together,
                training.models().size(),
                engine.memory(),
                DeviceSize.of(engine.torch()));
        if (engine.torch().isCuda()) {
            // a GPU that has too little says so, and nothing else suffers
            memory.shortage().ifPresent(log::warn);
        } else {
            memory.requireFits();
        }
        return memory;
    }

    /**
     * Loads the rest.
     *
     * @param others whether there are other trainings that have loaded the same models and still use them
     */
    Opened load(Encoded encoded, boolean others) {
        List<Checkpoint> checkpoints = encoded.checkpoints();
        FamilyProfile profile = encoded.profile();
        NDManager scope = encoded.scope();
        if (others && !engine.models().holds(checkpoints, spec.modelUse().precision())) {
            throw new CheckpointException((checkpoints.size() == 1
                            ? "model " + checkpoints.get(0).path() + " has changed since it was loaded"
                            : "one of the models of " + training.name() + " has changed since they were loaded")
                    + " for the trainings before this one, which still use it; start the training of "
                    + training.name() + " again");
        }
        log.checkpoint();
        List<Denoiser> denoisers =
                loadDenoisers(checkpoints, encoded.memory().plan().oneModelAtATime(), others);
        denoisers.forEach(each -> each.use(encoded.memory().use()));
        Denoiser denoiser = denoisers.get(0);
        log.checkpoint();
        List<LoraModule> modules = TrainedLayers.of(profile.loraRules(), denoiser.weightShapes(), spec);
        warnOfUnusedRanks(profile.loraRules().unusedRanks(modules, training.lora()));
        DiskNeed.of(
                        LoraParameters.count(modules, training.lora()),
                        spec.chosenFor(training.prompts()),
                        training.iterations())
                .requireSpaceIn(StorageFailure.folderOf(training.loraFile()), new StateFolder(training).bytes());
        // one stream for the first values and for the loop, as after one torch.manual_seed
        var generator = new TorchGenerator(spec.seed());
        Initialized initialized = initialize(profile, denoiser, scope, modules, generator);
        LoraParameters parameters = initialized.parameters();
        warnOfClampedRanks(parameters);
        List<DenoisingModel> models = IntStream.range(0, denoisers.size())
                .mapToObj(i -> model(encoded, i, denoisers.get(i)))
                .toList();
        start(profile, models.get(0), parameters);
        LecoTrainer trainer = held.hold(new LecoTrainer(models, parameters, lessons, spec, generator));
        held.hold(engine.cache()::save);
        var quality = new QualityWatch(
                job,
                log,
                trainer,
                models.stream().map(model -> new QualityMeter(model, lessons)).toList());
        TrainingStates states = held.hold(new TrainingStates(
                job,
                log,
                trainer,
                quality.gaps(),
                () -> TrainingFingerprint.of(
                        spec,
                        training.prompts(),
                        sha256s(checkpoints),
                        initialized.start().map(StartFile::sha256),
                        encoded.named(),
                        pictures.sha256())));
        var files = new LoraFiles(
                job,
                log,
                parameters,
                lessons,
                encoded.bases().get(0),
                sha256s(checkpoints),
                initialized.start(),
                encoded.named(),
                pictures.told());
        var previews = new TrainingPreviews(
                engine.torch(),
                job,
                log,
                encoded.bases().get(0),
                checkpoints.get(0),
                denoiser,
                parameters,
                encoded.previews());
        encoded.memory().reason().ifPresent(log::memory);
        return new Opened(
                denoisers,
                encoded.memory().use(),
                new TrainingLoop(job, log, trainer, quality, states, files, previews));
    }

    private DenoisingModel model(Encoded encoded, int number, Denoiser denoiser) {
        var model = new DenoisingModel(
                engine.torch(),
                denoiser,
                encoded.prompts().get(number).embeddings(),
                encoded.bases().get(number).noiseProcess(),
                DenoisingModel.identity(
                        engine.torch(),
                        engine.models().sha256(encoded.checkpoints().get(number), log::checkpoint),
                        spec.modelUse().precision(),
                        spec.modelUse().clipSkip(),
                        encoded.named()),
                engine.cache());
        return withHints(model, encoded, number);
    }

    private List<String> sha256s(List<Checkpoint> checkpoints) {
        return checkpoints.stream()
                .map(checkpoint -> engine.models().sha256(checkpoint, () -> {}))
                .toList();
    }

    private void warnIfNothingIsTaught() {
        if (lessons.taught().isEmpty()) {
            log.warn("the prompts teach nothing: every target, such as "
                    + Excerpt.quoted(lessons.pairs().get(0).target())
                    + ", is to mean what it means already; expected a pair with another goal, for example"
                    + " enhance with a positive of other words, or erase");
        }
    }

    /** A LoRA before its first iteration, and the file that it comes from, if there is one. */
    private record Initialized(LoraParameters parameters, Optional<StartFile> start) {}

    private Initialized initialize(
            FamilyProfile profile,
            Denoiser denoiser,
            NDManager scope,
            List<LoraModule> modules,
            TorchGenerator generator) {
        Optional<Path> file = StartFile.of(training);
        if (file.isEmpty()) {
            return new Initialized(
                    LoraParameters.initialize(scope, modules, training.lora(), generator), Optional.empty());
        }
        try (StartingLora lora = StartingLora.open(file.get(), profile.loraRules(), denoiser.weightShapes())) {
            LoraParameters parameters =
                    LoraParameters.startingFrom(lora, scope, modules, training.lora(), generator, log::warn);
            log.checkpoint();
            return new Initialized(parameters, Optional.of(StartFile.of(file.get(), lora, log::checkpoint)));
        }
    }

    private void start(FamilyProfile profile, DenoisingModel model, LoraParameters parameters) {
        if (spec.method().start() != LoraStart.CLOSED_FORM) {
            return;
        }
        if (training.iterations() > 0 && !ClosedFormStart.canChange(model.denoiser(), parameters)) {
            log.warn((hasPromptProjections(model.denoiser())
                            ? "the LoRA's target " + spec.lora().target()
                                    + " leaves out the keys and values of cross-attention,"
                            : profile.family().displayName()
                                    + " has no cross-attention with keys and values of its own,")
                    + " which a start in closed form changes; it starts at zero");
            return;
        }
        ClosedFormStart.standard().apply(model, parameters, lessons);
    }

    private static boolean hasPromptProjections(Denoiser denoiser) {
        return denoiser.weightShapes().keySet().stream()
                .anyMatch(weight -> denoiser.isPromptProjection(weight.replaceFirst("\\.weight$", "")));
    }

    private void downloading(ModelSource model, DownloadProgress progress) {
        log.checkpoint();
        job.publish(new ModelDownloading(model.displayName(), progress.bytes(), progress.total()));
    }

    /** Of several models, the first one is loaded last, since it has the first turn. */
    private List<Denoiser> loadDenoisers(List<Checkpoint> checkpoints, boolean oneAtATime, boolean others) {
        Precision precision = spec.modelUse().precision();
        boolean kept = checkpoints.size() == 1 ? engine.models().holds(checkpoints.get(0), precision) : others;
        List<Denoiser> denoisers;
        long begin = System.nanoTime();
        denoisers = engine.models().denoisers(checkpoints, precision, oneAtATime, others);
        for (int i = denoisers.size() - 1; i >= 0; i--) {
            if (!kept && denoisers.get(i) instanceof DenoiserInTurn inTurn) {
                inTurn.loaded();
            }
            Duration duration = kept ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - begin);
            job.publish(new ModelLoaded(
                    training.models().get(i).displayName(),
                    checkpoints.get(i).family().displayName(),
                    duration));
            begin = System.nanoTime();
            log.checkpoint();
        }
        return denoisers;
    }

    private EncodedPrompts encodePrompts(FamilyProfile profile, Checkpoint checkpoint, NDManager owner) {
        // a frequent word in everyday prompts is no name, unless the training's own prompts name it
        EmbeddingFolder named = EmbeddingFolder.of(spec.modelUse().embeddings()).namedIn(ownPrompts);
        PromptEncoder encoder = profile.promptEncoder(
                engine.torch(),
                checkpoint,
                engine.tokenizer(),
                spec.modelUse().precision(),
                spec.modelUse().clipSkip(),
                checkpoint::tensors,
                named);
        return new EncodedPrompts(encodePrompts(encoder, owner), encoder.usedEmbeddings());
    }

    private PromptEmbeddings encodePrompts(PromptEncoder encoder, NDManager owner) {
        try {
            return PromptEmbeddings.encode(encoder, lessons, owner, log::warn);
        } catch (TorchException e) {
            if (!e.isOutOfMemory()) {
                throw e;
            }
            // a denoiser that is kept from a training before is loaded again later
            engine.models().close();
            return PromptEmbeddings.encode(encoder, lessons, owner, log::warn);
        }
    }

    private void warnOfUnusedRanks(List<LayerRank> unused) {
        if (!unused.isEmpty()) {
            log.warn("layerRanks has no effect for "
                    + FirstFew.of(unused.stream().map(LayerRank::toString).toList())
                    + ", since type " + spec.lora().type() + " with target "
                    + Excerpt.of(spec.lora().target().name()) + " leaves these layers out");
        }
    }

    /** Nobody is surprised by a rank that nobody has set. */
    private void warnOfClampedRanks(LoraParameters parameters) {
        if (spec.lora().rank().isEmpty() && spec.lora().layerRanks().isEmpty()) {
            return;
        }
        List<String> clamped = parameters.slots().stream()
                .filter(slot ->
                        slot.rank() < training.lora().rankOf(slot.module().name()))
                .map(slot -> slot.module().name() + " (" + slot.rank() + ")")
                .toList();
        if (!clamped.isEmpty()) {
            log.warn((spec.lora().layerRanks().isEmpty()
                            ? "rank " + training.lora().rank().orElseThrow()
                            : "the rank")
                    + " is larger than " + Count.of(clamped.size(), "layer")
                    + " can use; there it is the layer's smaller side, for example "
                    + String.join(", ", clamped.subList(0, Math.min(NAMES_IN_WARNING, clamped.size()))));
        }
    }

    private void warnOfUselessCrops(FamilyProfile profile) {
        if (!profile.takesPictureSize() && lessons.pairs().stream().anyMatch(PromptPair::dynamicCrops)) {
            log.warn("dynamicCrops is on, but " + training.model().displayName() + " is "
                    + profile.family().displayName()
                    + ", which is not told of crops; only SDXL is");
        }
    }
}
