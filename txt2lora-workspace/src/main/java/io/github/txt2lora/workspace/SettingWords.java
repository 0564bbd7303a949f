package io.github.txt2lora.workspace;

import io.github.txt2lora.KeptLatents;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PredictionType;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.Resume;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.TerminalSnr;
import java.util.List;

/** The words of settings that are chosen among a few; many are LECO's or kohya's. */
final class SettingWords {

    static final Words<Precision> PRECISIONS = Words.of("float32", Precision.FP32)
            .and("float16", Precision.FP16)
            .and("bfloat16", Precision.BF16)
            .and("fp32", Precision.FP32)
            .and("fp16", Precision.FP16)
            .and("bf16", Precision.BF16)
            .alias("float", Precision.FP32)
            .alias("no", Precision.FP32)
            .alias("half", Precision.FP16);

    static final Words<PredictionType> PREDICTIONS = Words.of("from_model", PredictionType.FROM_MODEL)
            .and("epsilon", PredictionType.EPSILON)
            .and("v_prediction", PredictionType.V_PREDICTION);

    /** LECO asks for yes or no. */
    static final Words<PredictionType> V_PREDICTIONS = Words.of("true", PredictionType.V_PREDICTION)
            .and("false", PredictionType.EPSILON)
            .and("yes", PredictionType.V_PREDICTION)
            .and("no", PredictionType.EPSILON)
            .and("on", PredictionType.V_PREDICTION)
            .and("off", PredictionType.EPSILON);

    static final Words<TerminalSnr> TERMINAL_SNRS = Words.of("from_model", TerminalSnr.FROM_MODEL)
            .and("zero", TerminalSnr.ZERO)
            .and("above_zero", TerminalSnr.ABOVE_ZERO);

    static final Words<LoraType> LORA_TYPES =
            Words.of("lierla", LoraType.LIERLA).and("c3lier", LoraType.C3LIER);

    private static final String HSPACE =
            "trained as noxattn, which changes all blocks of the UNet, not the middle one alone";

    static final Words<LoraTarget> LORA_TARGETS = Words.byName(LoraTarget.named(), LoraTarget::name)
            .alias(
                    "xattn-strict",
                    LoraTarget.XATTN,
                    "trained as xattn, which changes the output of cross attention too")
            .alias("noxattn-hspace", LoraTarget.NOXATTN, HSPACE)
            .alias("noxattn-hspace-last", LoraTarget.NOXATTN, HSPACE);

    static final Words<SchedulerType> SCHEDULERS = schedulers();

    static final Words<LossWeighting> WEIGHTINGS = Words.byName(
            LossWeighting.kinds(), kind -> Words.snakeCase(kind.getClass().getSimpleName()));

    static final Words<Preservation> PRESERVATIONS = Words.of("added", Preservation.addingPrompts())
            .and("given", Preservation.ofGiven())
            .and("drawn", Preservation.drawn());

    static final Words<KeptLatents> KEPT_LATENTS =
            Words.of("shared", KeptLatents.SHARED).and("trajectories", KeptLatents.TRAJECTORIES);

    static final Words<LoraStart.New> STARTS =
            Words.of("zero", LoraStart.New.ZERO).and("closed_form", LoraStart.New.CLOSED_FORM);

    static final Words<Resume> RESUMES =
            Words.of("if_same", Resume.IF_SAME).and("never", Resume.NEVER).and("required", Resume.REQUIRED);

    static final Words<NonFinitePolicy> POLICIES = Words.of("fail", (NonFinitePolicy) NonFinitePolicy.fail())
            .and("skip", NonFinitePolicy.skip())
            .and("rollback", NonFinitePolicy.rollback());

    private SettingWords() {}

    /** The names in the API in small letters, but for that which LECO calls otherwise. */
    private static Words<SchedulerType> schedulers() {
        return Words.byName(
                List.of(SchedulerType.values()),
                type -> type == SchedulerType.EULER_ANCESTRAL ? "euler_a" : type.name());
    }
}
