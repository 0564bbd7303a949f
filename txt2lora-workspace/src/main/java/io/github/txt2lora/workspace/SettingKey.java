package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.ops.ResizeSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The table of settings: everything that a file of settings can say, in the order in which it is read and written.
 * Files in both layouts, {@code --set}, records, fingerprints and the tables of the documentation come from here.
 */
@SuppressWarnings("ImmutableEnumChecker") // declarations do not change once they are made
enum SettingKey {
    LORA_NAME(identity("lora_name", "LoraSettings.name")
            .leco("save.name")
            .says("name of the LoRA; must equal the file name")
            .unset("the file name")
            .writes(settings -> ScalarText.text(settings.name()))),
    MODEL_NAME(identity("model_name", "ModelAddress.Named.name")
            .says("`model/<model_name>.safetensors`, or a folder of that name in the diffusers layout")
            .unset("required, unless `model_path` is given")
            .beside("model_path")
            .writes(ModelKeys::name)),
    MODEL_URL(identity("model_url", "ModelAddress.Named.url")
            .says("address from which a missing model is downloaded: `https`, `hf` (`hf://owner/repository/file`) or"
                    + " `file`; `http` only on this machine; without a user name. The query, which may be a signature,"
                    + " is never shown or recorded")
            .unset("none")
            .beside("model_name", "model_path")
            .writes(ModelKeys::url)),
    MODEL_PATH(identity("model_path", "ModelAddress.At.path")
            .leco("pretrained_model.name_or_path")
            .says("path of a model elsewhere on this machine, relative to the workspace")
            .unset("none")
            .beside("model_name")
            .writes(ModelKeys::path)),
    ALSO_ON(identity("also_on", "LoraTraining.alsoOn")
            .says("further models of the same family that the LoRA is to work on, a list of names in the folder `model`"
                    + " and of paths with a `/`, as in `[other, ../models/third.safetensors]`; iterations take turns")
            .unset("none")
            .reads((draft, self) -> draft.set(self, draft.keys().values(self, ModelKeys.MODEL), SettingsDraft::alsoOn))
            .writes(ModelKeys::alsoOn)),
    PREDICTION(training("prediction", "ModelUse.predictionType")
            .leco("pretrained_model.v_pred")
            .says("prediction type of the model if its file does not declare one: `epsilon`, `v_prediction`,"
                    + " `from_model`")
            .unset("`from_model`")
            .maybe(
                    layout -> Kind.of(
                            layout == SettingsLayout.FLAT ? SettingWords.PREDICTIONS : SettingWords.V_PREDICTIONS),
                    settings -> Optional.of(settings.spec().modelUse().predictionType())
                            .filter(type -> type != PredictionType.FROM_MODEL),
                    (draft, type) -> draft.spec().modelUse(use -> use.withPredictionType(type)))),
    TERMINAL_SNR(training("terminal_snr", "ModelUse.terminalSnr")
            .says("terminal SNR of the model if its file does not declare it: `zero`, `above_zero`, `from_model`")
            .is(
                    Kind.of(SettingWords.TERMINAL_SNRS),
                    settings -> settings.spec().modelUse().terminalSnr(),
                    (draft, snr) -> draft.spec().modelUse(use -> use.withTerminalSnr(snr)))),
    CLIP_SKIP(training("clip_skip", "ModelUse.clipSkip")
            .leco("pretrained_model.clip_skip")
            .says("1 to 12, counted from the text encoder state that the model was trained on")
            .is(
                    Kind.INTEGER,
                    settings -> settings.spec().modelUse().clipSkip(),
                    (draft, skip) -> draft.spec().modelUse(use -> use.withClipSkip(skip)))),
    EMBEDDINGS(training("embeddings", "ModelUse.embeddings")
            .says("folder of textual-inversion embeddings that prompts name, relative to the workspace; what counts is"
                    + " the content of the files that are named")
            .unset("`embeddings`, if it is there")
            .withoutEffect()
            .maybe(
                    Kind.FOLDER,
                    settings -> settings.spec().modelUse().embeddings(),
                    (draft, folder) -> draft.spec().modelUse(use -> use.withEmbeddings(folder)))),
    TRAIN_ITERATIONS(training("train_iterations", "TrainingSpec.iterations")
            .leco("train.iterations")
            .says(
                    "optimizer steps, 1 or more; 0 only with `start: closed_form` or `start_from`; `auto`: 390, and 310 more for"
                            + " each further entry that teaches a new meaning; on each further model of `also_on` 170"
                            + " for each such entry")
            .is(
                    Kind.orAuto(Kind.INTEGER),
                    settings -> boxed(settings.spec().iterations()),
                    (draft, number) ->
                            draft.spec().iterations(number.map(OptionalInt::of).orElseGet(OptionalInt::empty)))),
    TRAIN_LR(training("train_lr", "TrainingSpec.learningRate")
            .leco("train.lr")
            .says("learning rate, above 0; `auto`: derived from the first gradients")
            .is(
                    Kind.orAuto(Kind.NUMBER),
                    settings -> boxed(settings.spec().learningRate()),
                    (draft, rate) -> draft.spec()
                            .learningRate(rate.map(OptionalDouble::of).orElseGet(OptionalDouble::empty)))),
    RANK(training("rank", "LoraSpec.rank")
            .leco("network.rank")
            .says("rank of the LoRA, 1 or more; `auto`: 4, and 16 where several targets are taught")
            .is(
                    Kind.orAuto(Kind.INTEGER),
                    settings -> boxed(settings.spec().lora().rank()),
                    (draft, rank) -> draft.lora().rank(rank.map(OptionalInt::of).orElseGet(OptionalInt::empty)))),
    ALPHA(training("alpha", "LoraSpec.alpha")
            .leco("network.alpha")
            .says("numerator of the LoRA's scale `alpha / rank`, above 0")
            .is(
                    Kind.NUMBER,
                    settings -> settings.spec().lora().alpha(),
                    (draft, alpha) -> draft.lora().alpha(alpha))),
    LORA_TYPE(training("lora_type", "LoraSpec.type")
            .leco("network.type")
            .says("`lierla`: linear layers and 1x1 convolutions of the transformer blocks; `c3lier`: also the other"
                    + " convolutions")
            .is(
                    Kind.of(SettingWords.LORA_TYPES),
                    settings -> settings.spec().lora().type(),
                    (draft, type) -> draft.lora().type(type))),
    TRAINING_METHOD(training("training_method", "LoraSpec.target")
            .leco("network.training_method")
            .says("subset of these layers to train: " + SettingWords.LORA_TARGETS.documented()
                    + "; `layers(REGEX)` for those whose names contain a match, as in `layers(attn2\\.to_[kv]$)`; or a"
                    + " list of names of layers and blocks, as in `[mid_block, up_blocks.1.attentions.2, OUT03]`")
            .reads(LayerKeys::readTarget)
            .writes(settings ->
                    Kind.LORA_TARGET.writer().apply(settings.spec().lora().target()))),
    LAYER_RANKS(training("layer_ranks", "LoraSpec.layerRanks")
            .alias("block_dims")
            .says("ranks of single layers or blocks, 0 for no LoRA, as in `[mid_block=8, OUT03=16,"
                    + " layers(attn2\\.to_k$)=2]`; the last that means a layer holds; or kohya's `block_dims`, 25"
                    + " numbers, for SDXL 23")
            .reads(LayerKeys::readRanks)
            .writes(settings -> LayerKeys.write(settings.spec().lora().layerRanks()))),
    SEED(training("seed", "TrainingSpec.seed")
            .says("seed of the random stream, any whole number")
            .is(
                    Kind.WHOLE_NUMBER,
                    of(TrainingSpec::seed),
                    (draft, seed) -> draft.spec().seed(seed))),
    PRECISION(training("precision", "ModelUse.precision")
            .leco("train.precision")
            .says("precision of the base model: `float32`, `float16`, `bfloat16`; LoRA and optimizer always use"
                    + " `float32`")
            .is(
                    Kind.of(SettingWords.PRECISIONS),
                    settings -> settings.spec().modelUse().precision(),
                    (draft, precision) -> draft.spec().modelUse(use -> use.withPrecision(precision)))),
    OPTIMIZER(training("optimizer", "TrainingSpec.optimizer")
            .leco("train.optimizer")
            .says("optimizer: " + OptimizerKeys.documentedNames() + "; 8-bit variants such as `AdamW8bit` are"
                    + " trained in 32 bits; `auto`: AdamW, and Muon where several targets are taught")
            .reads((draft, self) -> OptimizerKeys.read(draft.keys(), draft.spec()))
            .writes(settings -> OptimizerKeys.name(settings.spec().optimizer()))),
    OPTIMIZER_ARGS(training("optimizer_args", "TrainingSpec.optimizer")
            .leco("train.optimizer_args")
            .says("optimizer arguments, named as in the Python libraries, for example"
                    + " `\"betas=(0.9,0.99) weight_decay=0.1\"`; without an optimizer's name those of `AdamW`")
            .unset("the libraries' defaults")
            .beside("optimizer")
            .writes(settings -> settings.spec()
                    .optimizer()
                    .map(optimizer -> arguments(OptimizerKeys.form(optimizer), optimizer))
                    .orElse(null))),
    LR_SCHEDULER(training("lr_scheduler", "TrainingSpec.learningRateSchedule")
            .leco("train.lr_scheduler")
            .says("learning rate schedule: `constant`, `cosine`, `cosine_with_restarts`, `linear`, `step`")
            .reads((draft, self) -> ScheduleKeys.read(draft.keys())
                    .ifPresent(schedule -> draft.spec().learningRateSchedule(schedule)))
            .writes(settings ->
                    ScheduleKeys.form(settings.spec().learningRateSchedule()).name())),
    LR_SCHEDULER_ARGS(training("lr_scheduler_args", "TrainingSpec.learningRateSchedule")
            .says("arguments of the schedule: `end_factor` of `linear`; `min_factor` of `cosine`; `min_factor`,"
                    + " `first_cycle`, `cycle_multiplier` of `cosine_with_restarts`; `step_size`, `gamma` of `step`")
            .unset("LECO's defaults")
            .beside("lr_scheduler")
            .writes(settings -> arguments(
                    ScheduleKeys.form(settings.spec().learningRateSchedule()),
                    settings.spec().learningRateSchedule()))),
    LR_WARMUP_STEPS(training("lr_warmup_steps", "TrainingSpec.warmupIterations")
            .says("iterations over which the learning rate rises from 0, at most `train_iterations`")
            .is(
                    Kind.INTEGER,
                    of(TrainingSpec::warmupIterations),
                    (draft, number) -> draft.spec().warmupIterations(number))),
    NOISE_SCHEDULER(training("noise_scheduler", "RolloutSpec.scheduler")
            .leco("train.noise_scheduler")
            .says("scheduler of rollouts: " + SettingWords.SCHEDULERS.documented())
            .maybe(
                    Kind.of(SettingWords.SCHEDULERS),
                    rollout(RolloutSpec::scheduler),
                    (draft, scheduler) -> draft.rollout(rollout -> rollout.withScheduler(scheduler)))),
    MAX_DENOISING_STEPS(training("max_denoising_steps", "RolloutSpec.steps")
            .leco("train.max_denoising_steps")
            .says("steps of a complete rollout, 2 to 1000; each iteration makes a random number of them")
            .maybe(
                    Kind.INTEGER,
                    rollout(RolloutSpec::steps),
                    (draft, steps) -> draft.rollout(rollout -> rollout.withSteps(steps)))),
    ROLLOUT_GUIDANCE_SCALE(training("rollout_guidance_scale", "RolloutSpec.guidanceScale")
            .says("classifier-free guidance scale of rollouts, any number")
            .maybe(
                    Kind.NUMBER,
                    rollout(RolloutSpec::guidanceScale),
                    (draft, scale) -> draft.rollout(rollout -> rollout.withGuidanceScale(scale)))),
    LATENTS(training("latents", "TrainingMethod.latents")
            .says("source of noisy latents: " + LatentSourceText.documentedNames()
                    + ", with arguments as in `pool(pictures=16)`, or a mixture as in `noise:2 + pool:1`; see"
                    + " [method](method.md)")
            .is(
                    Kind.TEXT,
                    method(method -> LatentSourceText.of(method.latents())),
                    (draft, text) ->
                            draft.method(method -> method.withLatents(LatentSourceText.parse(text, draft.rollout()))))),
    MIN_TIMESTEP(training("min_timestep", "TimestepRange.minimum")
            .says("lowest timestep at which predictions are compared, 0 to 999")
            .is(
                    Kind.INTEGER,
                    method(method -> method.timesteps().minimum()),
                    (draft, least) -> draft.method(method -> method.withTimesteps(
                            TimestepRange.of(least, method.timesteps().maximum()))))),
    MAX_TIMESTEP(training("max_timestep", "TimestepRange.maximum")
            .says("highest timestep at which predictions are compared, `min_timestep` to 999")
            .is(
                    Kind.INTEGER,
                    method(method -> method.timesteps().maximum()),
                    (draft, most) -> draft.method(method -> method.withTimesteps(
                            TimestepRange.of(method.timesteps().minimum(), most))))),
    LOSS_WEIGHTING(training("loss_weighting", "TrainingMethod.lossWeighting")
            .says("weight of the loss at each timestep: " + SettingWords.WEIGHTINGS.documented())
            .is(
                    Kind.of(SettingWords.WEIGHTINGS),
                    method(method -> minSnr(method).isPresent() ? LossWeighting.minSnr() : method.lossWeighting()),
                    (draft, weighting) -> draft.method(method -> method.withLossWeighting(weighting)))),
    MIN_SNR_GAMMA(training("min_snr_gamma", "LossWeighting.MinSnr.gamma")
            .says("gamma of `min_snr`, above 0")
            .unset("5")
            .beside("loss_weighting")
            .maybe(
                    Kind.NUMBER,
                    method(method -> minSnr(method).map(LossWeighting.MinSnr::gamma)),
                    (draft, gamma) -> draft.method(method -> {
                        if (minSnr(method).isEmpty()) {
                            throw withoutMaster("loss_weighting: min_snr");
                        }
                        return method.withLossWeighting(new LossWeighting.MinSnr(gamma));
                    }))),
    PRESERVATION(training("preservation", "TrainingMethod.preservation")
            .says("preservation of other prompts: `added` (also the neutral, unconditional and positive prompts),"
                    + " `given` (only entries that keep their own meaning), `drawn` (as in LECO: such entries are"
                    + " sampled like others)")
            .is(
                    Kind.of(SettingWords.PRESERVATIONS),
                    method(method -> kind(method.preservation())),
                    (draft, preservation) -> draft.method(method -> method.withPreservation(new Preservation(
                            preservation.joint(),
                            preservation.automatic(),
                            method.preservation().weight(),
                            preservation.joint() ? method.preservation().latents() : KeptLatents.SHARED))))),
    PRESERVATION_LATENTS(training("preservation_latents", "Preservation.latents")
            .says("latents at which preserved prompts are compared: `shared` (those of the target), `trajectories` (on"
                    + " the way to their own images; not with `drawn`)")
            .unset("`trajectories`, or `shared` with `drawn`")
            .beside("preservation")
            .is(
                    Kind.of(SettingWords.KEPT_LATENTS),
                    method(method -> method.preservation().latents()),
                    (draft, latents) -> draft.method(method ->
                            method.withPreservation(method.preservation().withLatents(latents))))),
    PRESERVATION_WEIGHT(training("preservation_weight", "Preservation.weight")
            .says("factor on the loss of preserved prompts, above 0")
            .is(
                    Kind.NUMBER,
                    method(method -> method.preservation().weight()),
                    (draft, weight) -> draft.method(method ->
                            method.withPreservation(method.preservation().withWeight(weight))))),
    AFTER_NEUTRAL(training("after_neutral", "TrainingMethod.afterNeutral")
            .says("share of the target's samples whose prompt is the target after the neutral prompt, such as"
                    + " `1girl,krnkmd`, 0 to 1")
            .is(
                    Kind.NUMBER,
                    method(TrainingMethod::afterNeutral),
                    (draft, share) -> draft.method(method -> method.withAfterNeutral(share)))),
    START(training("start", "TrainingMethod.start")
            .says("initial LoRA: `zero`, `closed_form`; with the latter `train_iterations` may be 0")
            .beside("start_from")
            .maybe(
                    Kind.of(SettingWords.STARTS),
                    method(method ->
                            method.start() instanceof LoraStart.New start ? Optional.of(start) : Optional.empty()),
                    (draft, start) -> draft.method(method -> method.withStart(start)))),
    START_FROM(training("start_from", "LoraStart.FromLora.file")
            .says(
                    "instead: path of a LoRA to go on from, relative to the workspace, from any trainer; `train_iterations`"
                            + " may be 0")
            .unset("none")
            .beside("start")
            .maybe(
                    Kind.LORA_FILE,
                    method(method ->
                            method.start() instanceof LoraStart.FromLora from ? Optional.of(from) : Optional.empty()),
                    (draft, start) -> draft.startFrom(start))),
    STOP_GAP_BELOW(training("stop_gap_below", "StopRule.gapBelow")
            .says("gap at which the run ends, above 0")
            .unset("never")
            .maybe(
                    Kind.NUMBER,
                    settings -> boxed(rule(settings).gapBelow()),
                    (draft, gap) -> draft.rule(rule -> rule.orGapBelow(gap)))),
    STOP_NO_BETTER_FOR(training("stop_no_better_for", "StopRule.noBetterFor")
            .says("iterations without a smaller gap after which the run ends; 0 for never")
            .is(
                    Kind.INTEGER,
                    settings -> rule(settings).noBetterFor(),
                    (draft, number) ->
                            draft.rule(rule -> new StopRule(rule.gapBelow(), number, rule.everyIterations())))),
    STOP_MEASURED_EVERY(training("stop_measured_every", "StopRule.everyIterations")
            .says("iterations between two measurements of the gap")
            .is(
                    Kind.INTEGER,
                    settings -> rule(settings).everyIterations(),
                    (draft, number) -> draft.rule(rule -> rule.withEveryIterations(number)))),
    MEASURE_QUALITY(training("measure_quality", "StoppingSpec.measureQuality")
            .says("measure gap and drift at the end: `true`, `false`")
            .withoutEffect()
            .is(
                    Kind.FLAG,
                    settings -> settings.spec().stopping().measureQuality(),
                    (draft, on) -> draft.spec().stopping(stopping -> stopping.withMeasureQuality(on)))),
    RECOGNITION_IMAGES(training("recognition_images", "StoppingSpec.recognitionImages")
            .says("images of each target that are drawn at the end, for the share in which the base model recognizes"
                    + " it; 0 for none")
            .withoutEffect()
            .is(
                    Kind.INTEGER,
                    settings -> settings.spec().stopping().recognitionImages(),
                    (draft, images) -> draft.spec().stopping(stopping -> stopping.withRecognitionImages(images)))),
    GRADIENT_ACCUMULATION(training("gradient_accumulation", "TrainingSpec.gradientAccumulationSteps")
            .alias("gradient_accumulation_steps")
            .says("comparisons in each iteration, 1 or more")
            .is(
                    Kind.INTEGER,
                    of(TrainingSpec::gradientAccumulationSteps),
                    (draft, number) -> draft.spec().gradientAccumulationSteps(number))),
    MAX_GRAD_NORM(training("max_grad_norm", "TrainingSpec.maxGradientNorm")
            .says("largest gradient norm, above 0; longer gradients are clipped to it")
            .unset("no limit")
            .maybe(
                    Kind.NUMBER,
                    settings -> boxed(settings.spec().maxGradientNorm()),
                    (draft, norm) -> draft.spec().maxGradientNorm(norm))),
    SAVE_PRECISION(training("save_precision", "SavingSpec.precision")
            .leco("save.precision")
            .says("precision of the LoRA file: `float32`, `float16`, `bfloat16`")
            .withoutEffect()
            .is(
                    Kind.of(SettingWords.PRECISIONS),
                    settings -> settings.spec().saving().precision(),
                    (draft, precision) -> draft.saving(saving -> saving.withPrecision(precision)))),
    SAVE_PER_STEPS(training("save_per_steps", "SavingSpec.everyIterations")
            .leco("save.per_steps")
            .says("iterations between two intermediate LoRA files; 0 saves only at the end")
            .withoutEffect()
            .is(
                    Kind.INTEGER,
                    settings -> settings.spec().saving().everyIterations(),
                    (draft, number) -> draft.saving(saving -> saving.withEveryIterations(number)))),
    STATE_PER_STEPS(training("state_per_steps", "StateSpec.everyIterations")
            .says("iterations between two states to resume from; 0 saves by time alone")
            .withoutEffect()
            .is(
                    Kind.INTEGER,
                    settings -> states(settings).everyIterations(),
                    (draft, number) ->
                            draft.states(states -> new StateSpec(number, states.interval(), states.resume())))),
    STATE_PER_SECONDS(training("state_per_seconds", "StateSpec.interval")
            .says("seconds between two states; 0 saves by iterations alone")
            .withoutEffect()
            .is(
                    Kind.SECONDS,
                    settings -> states(settings).interval(),
                    (draft, interval) -> draft.states(
                            states -> new StateSpec(states.everyIterations(), interval, states.resume())))),
    RESUME(training("resume", "StateSpec.resume")
            .says("use of an earlier state: `if_same` (only with the same settings), `never`, `required`")
            .withoutEffect()
            .is(
                    Kind.of(SettingWords.RESUMES),
                    settings -> states(settings).resume(),
                    (draft, resume) -> draft.states(states -> states.withResume(resume)))),
    NON_FINITE(training("non_finite", "TrainingSpec.nonFinitePolicy")
            .says("reaction to non-finite numbers: `fail`, `skip`, `rollback`")
            .withoutEffect()
            .is(
                    Kind.of(SettingWords.POLICIES),
                    settings -> usual(settings.spec().nonFinitePolicy()),
                    SettingsDraft::nonFinitePolicy)),
    NON_FINITE_LIMIT(training("non_finite_limit", "NonFinitePolicy.Skip.limit")
            .says("highest number of repeats in a row (`skip`) or of rollbacks (`rollback`), 1 or more")
            .unset("10 for `skip`, 3 for `rollback`")
            .beside("non_finite")
            .withoutEffect()
            .maybe(
                    Kind.INTEGER,
                    settings -> limit(settings.spec().nonFinitePolicy()),
                    (draft, limit) -> draft.nonFinitePolicy(limited(draft.nonFinitePolicy(), limit)))),
    TIMESTAMP(training("timestamp", "SavingSpec.timestamp")
            .says("time to write to the LoRA, for example `2024-12-31T23:59:59Z`")
            .unset("the current time")
            .withoutEffect()
            .maybe(
                    Kind.TIME,
                    settings -> settings.spec().saving().timestamp(),
                    (draft, time) -> draft.saving(saving -> saving.withTimestamp(time)))),
    RESIZE(resize("resize", "ResizeSpec.rule")
            .says("rule that resizes the finished LoRA: `none`, `fixed`, `sv_ratio`, `sv_fro`, `sv_cumulative`")
            .writes(settings -> ResizeKeys.name(settings.resize()))),
    RESIZE_VALUE(resize("resize_value", "ResizeSpec.rule")
            .says("rank for `fixed`, ratio above 1 for `sv_ratio`, fraction for `sv_fro` and `sv_cumulative`")
            .unset("required with a rule")
            .beside("resize")
            .writes(settings -> settings.resize().map(ResizeKeys::value).orElse(null))),
    RESIZE_MAX_RANK(resize("resize_max_rank", "ResizeSpec.maxRank")
            .says("highest rank that a rule may choose")
            .unset("no limit")
            .beside("resize")
            .writes(settings -> text(settings.resize().map(ResizeSpec::maxRank)))),
    RESIZE_CONV_RANK(resize("resize_conv_rank", "ResizeSpec.convRank")
            .says("rank of convolutions")
            .unset("as for other layers")
            .beside("resize")
            .writes(settings -> text(settings.resize().map(ResizeSpec::convRank)))),
    RESIZE_PRECISION(resize("resize_precision", "ResizeSpec.precision")
            .says("precision of the resized file: `float32`, `float16`, `bfloat16`")
            .unset("`save_precision`")
            .beside("resize")
            .writes(settings -> settings.resize()
                    .flatMap(ResizeSpec::precision)
                    .map(SettingWords.PRECISIONS::word)
                    .orElse(null))),
    PREVIEW(preview("preview", "PreviewSettings.enabled")
            .says("draw a preview: `true`, `false`")
            .is(
                    Kind.FLAG,
                    settings -> settings.preview().enabled(),
                    (draft, on) -> draft.preview().enabled(on))),
    PREVIEW_PROMPTS(preview("preview_prompts", "PreviewSettings.prompts")
            .says("list of prompts, at most 50; `[]` draws the taught targets")
            .list(
                    Kind.TEXT,
                    settings -> settings.preview().prompts(),
                    (draft, prompts) -> draft.preview().prompts(prompts))),
    PREVIEW_PLACES(preview("preview_places", "PreviewSettings.places")
            .says("list of words, one for each column; `[]` draws the prompts alone")
            .list(
                    Kind.TEXT,
                    settings -> settings.preview().places(),
                    (draft, places) -> draft.preview().places(places))),
    PREVIEW_NEGATIVE_PROMPT(preview("preview_negative_prompt", "PreviewSettings.negativePrompt")
            .says("negative prompt of the images")
            .unset("empty")
            .is(
                    Kind.TEXT,
                    settings -> settings.preview().negativePrompt(),
                    (draft, prompt) -> draft.preview().negativePrompt(prompt))),
    PREVIEW_SEEDS(preview("preview_seeds", "PreviewSettings.seeds")
            .says("list of seeds, each a whole number")
            .list(
                    Kind.WHOLE_NUMBER,
                    settings -> settings.preview().seeds(),
                    (draft, seeds) -> draft.preview().seeds(seeds))),
    PREVIEW_WIDTH(preview("preview_width", "PreviewSettings.width")
            .says("width in pixels, a multiple of 8")
            .unset("resolution of the first prompt")
            .maybe(
                    Kind.INTEGER,
                    settings -> boxed(settings.preview().width()),
                    (draft, width) -> draft.preview().width(OptionalInt.of(width)))),
    PREVIEW_HEIGHT(preview("preview_height", "PreviewSettings.height")
            .says("height in pixels, a multiple of 8")
            .unset("resolution of the first prompt")
            .maybe(
                    Kind.INTEGER,
                    settings -> boxed(settings.preview().height()),
                    (draft, height) -> draft.preview().height(OptionalInt.of(height)))),
    PREVIEW_STEPS(preview("preview_steps", "PreviewSettings.steps")
            .says("denoising steps, 1 to 1000")
            .is(
                    Kind.INTEGER,
                    settings -> settings.preview().steps(),
                    (draft, steps) -> draft.preview().steps(steps))),
    PREVIEW_GUIDANCE_SCALE(preview("preview_guidance_scale", "PreviewSettings.guidanceScale")
            .says("classifier-free guidance scale, any number")
            .is(
                    Kind.NUMBER,
                    settings -> settings.preview().guidanceScale(),
                    (draft, scale) -> draft.preview().guidanceScale(scale))),
    PREVIEW_SAMPLER(preview("preview_sampler", "PreviewSettings.scheduler")
            .alias("preview_scheduler")
            .says("scheduler: "
                    + Stream.of(SchedulerType.values())
                            .map(type -> "`" + type.displayName() + "`")
                            .collect(Collectors.joining(", ")))
            .is(
                    Kind.SCHEDULER,
                    settings -> settings.preview().scheduler(),
                    (draft, scheduler) -> draft.preview().scheduler(scheduler))),
    PREVIEW_LORA_WEIGHT(preview("preview_lora_weight", "PreviewSettings.loraWeight")
            .says("weight of the LoRA, any number")
            .is(
                    Kind.NUMBER,
                    settings -> settings.preview().loraWeight(),
                    (draft, weight) -> draft.preview().loraWeight(weight))),
    PREVIEW_EVERY(preview("preview_every", "PreviewSettings.everyIterations")
            .says("iterations between two previews while it trains, 0 or more; `0` draws none")
            .withoutEffect()
            .is(
                    Kind.INTEGER,
                    settings -> settings.preview().everyIterations(),
                    (draft, every) -> draft.preview().everyIterations(every))),
    PREVIEW_SHARE(preview("preview_share", "PreviewSettings.mostShare")
            .says("the most of the training's time for previews while it trains, above 0, at most 1")
            .withoutEffect()
            .is(
                    Kind.NUMBER,
                    settings -> settings.preview().mostShare(),
                    (draft, share) -> draft.preview().mostShare(share)));

    private final SettingDeclaration declared;

    SettingKey(SettingDeclaration declared) {
        this.declared = declared;
    }

    /** The setting of a component in Java, for example {@code warmupIterations}. */
    static Optional<SettingKey> ofProperty(String component) {
        return Arrays.stream(values())
                .filter(key -> key.property().endsWith("." + component))
                .findFirst();
    }

    /** The setting of a key in Txt2Lora's layout, or of a path such as {@code train.lr} in LECO's. */
    static Optional<SettingKey> ofName(String name) {
        return Arrays.stream(values())
                .filter(key -> name.equals(key.flat())
                        || (!name.isEmpty() && (name.equals(key.alias()) || name.equals(key.declared.leco))))
                .findFirst();
    }

    /** All keys in Txt2Lora's layout. */
    static List<String> flatKeys() {
        return Arrays.stream(values()).map(SettingKey::flat).toList();
    }

    SettingPart part() {
        return declared.part;
    }

    /** The key in Txt2Lora's layout. */
    String flat() {
        return declared.key;
    }

    /** Another key for it in Txt2Lora's layout; empty for none. */
    String alias() {
        return declared.alias;
    }

    /** Section and key in LECO's layout; empty for what LECO has no setting for. */
    List<String> leco() {
        return declared.leco.isEmpty() ? List.of() : List.of(declared.leco.split("\\.", 2));
    }

    /** Type and component in Java, for example {@code TrainingSpec.iterations}. */
    String property() {
        return declared.property;
    }

    /** The sentence about its values in the documentation. */
    String says() {
        return declared.says;
    }

    /** The default where nothing is written, as the documentation gives it. */
    String unset() {
        return declared.unset;
    }

    /** Whether the learned weights, the resize or the preview depend on it. */
    boolean affectsResult() {
        return declared.affectsResult;
    }

    /** The settings that mean something only beside this one; they go with its value. */
    List<SettingKey> details() {
        return Arrays.stream(values())
                .filter(key -> key.declared.masters.contains(flat()))
                .toList();
    }

    void read(SettingsDraft draft) {
        declared.reader.accept(draft, this);
    }

    /** The value in YAML; empty where nothing is written. */
    Optional<String> write(LoraSettings settings, SettingsLayout layout) {
        return declared.writer.apply(settings, layout);
    }

    private static SettingDeclaration identity(String key, String property) {
        return new SettingDeclaration(SettingPart.IDENTITY, key, property);
    }

    private static SettingDeclaration training(String key, String property) {
        return new SettingDeclaration(SettingPart.TRAINING, key, property);
    }

    private static SettingDeclaration resize(String key, String property) {
        return new SettingDeclaration(SettingPart.RESIZE, key, property);
    }

    private static SettingDeclaration preview(String key, String property) {
        return new SettingDeclaration(SettingPart.PREVIEW, key, property);
    }

    private static <T> Function<LoraSettings, T> of(Function<TrainingSpec, T> getter) {
        return settings -> getter.apply(settings.spec());
    }

    private static <T> Function<LoraSettings, T> method(Function<TrainingMethod, T> getter) {
        return settings -> getter.apply(settings.spec().method());
    }

    private static <T> Function<LoraSettings, Optional<T>> rollout(Function<RolloutSpec, T> getter) {
        return settings -> settings.spec().method().latents().rolloutSpec().map(getter);
    }

    private static Preservation kind(Preservation preservation) {
        return preservation.withWeight(1).withLatents(KeptLatents.SHARED);
    }

    private static StopRule rule(LoraSettings settings) {
        return settings.spec().stopping().rule();
    }

    private static StateSpec states(LoraSettings settings) {
        return settings.spec().saving().states();
    }

    private static Optional<LossWeighting.MinSnr> minSnr(TrainingMethod method) {
        return method.lossWeighting() instanceof LossWeighting.MinSnr minSnr ? Optional.of(minSnr) : Optional.empty();
    }

    /** The policy of the same kind with the limit that it has by default. */
    private static NonFinitePolicy usual(NonFinitePolicy policy) {
        if (policy instanceof NonFinitePolicy.Skip) {
            return NonFinitePolicy.skip();
        }
        return policy instanceof NonFinitePolicy.Rollback ? NonFinitePolicy.rollback() : policy;
    }

    private static Optional<Integer> limit(NonFinitePolicy policy) {
        if (policy instanceof NonFinitePolicy.Skip skip) {
            return Optional.of(skip.limit());
        }
        return policy instanceof NonFinitePolicy.Rollback rollback ? Optional.of(rollback.limit()) : Optional.empty();
    }

    private static NonFinitePolicy limited(NonFinitePolicy policy, int limit) {
        if (policy instanceof NonFinitePolicy.Skip) {
            return new NonFinitePolicy.Skip(limit);
        } else if (policy instanceof NonFinitePolicy.Rollback) {
            return new NonFinitePolicy.Rollback(limit);
        }
        throw withoutMaster("non_finite: skip or rollback");
    }

    private static InvalidSettingException withoutMaster(String master) {
        return new InvalidSettingException("has no effect; expected it beside " + master);
    }

    private static Optional<Double> boxed(OptionalDouble number) {
        return number.isPresent() ? Optional.of(number.getAsDouble()) : Optional.empty();
    }

    private static Optional<Integer> boxed(OptionalInt number) {
        return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
    }

    private static @Nullable String text(Optional<OptionalInt> number) {
        return number.flatMap(SettingKey::boxed).map(String::valueOf).orElse(null);
    }

    private static @Nullable String arguments(NamedForm<?> form, Object value) {
        String text = form.arguments(value);
        return text.isEmpty() ? null : ScalarText.text(text);
    }
}
