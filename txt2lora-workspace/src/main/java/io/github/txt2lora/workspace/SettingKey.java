package io.github.txt2lora.workspace;

import java.util.List;

/** Everything that a file of settings can say, with its key in Txt2Lora's own layout and its place in LECO's. */
enum SettingKey {
    LORA_NAME("lora_name", "save.name"),
    MODEL_NAME("model_name", ""),
    MODEL_URL("model_url", ""),
    MODEL_PATH("model_path", "pretrained_model.name_or_path"),
    PREDICTION("prediction", "pretrained_model.v_pred"),
    TERMINAL_SNR("terminal_snr", ""),
    CLIP_SKIP("clip_skip", "pretrained_model.clip_skip"),
    TRAIN_ITERATIONS("train_iterations", "train.iterations"),
    TRAIN_LR("train_lr", "train.lr"),
    RANK("rank", "network.rank"),
    ALPHA("alpha", "network.alpha"),
    LORA_TYPE("lora_type", "network.type"),
    TRAINING_METHOD("training_method", "network.training_method"),
    SEED("seed", ""),
    PRECISION("precision", "train.precision"),
    OPTIMIZER("optimizer", "train.optimizer"),
    OPTIMIZER_ARGS("optimizer_args", "train.optimizer_args"),
    LR_SCHEDULER("lr_scheduler", "train.lr_scheduler"),
    LR_SCHEDULER_ARGS("lr_scheduler_args", ""),
    LR_WARMUP_STEPS("lr_warmup_steps", ""),
    LATENTS("latents", ""),
    MIN_TIMESTEP("min_timestep", ""),
    MAX_TIMESTEP("max_timestep", ""),
    LOSS_WEIGHTING("loss_weighting", ""),
    MIN_SNR_GAMMA("min_snr_gamma", ""),
    PRESERVATION("preservation", ""),
    PRESERVATION_WEIGHT("preservation_weight", ""),
    START("start", ""),
    STOP_GAP_BELOW("stop_gap_below", ""),
    STOP_NO_BETTER_FOR("stop_no_better_for", ""),
    STOP_MEASURED_EVERY("stop_measured_every", ""),
    MEASURE_QUALITY("measure_quality", ""),
    NOISE_SCHEDULER("noise_scheduler", "train.noise_scheduler"),
    MAX_DENOISING_STEPS("max_denoising_steps", "train.max_denoising_steps"),
    ROLLOUT_GUIDANCE_SCALE("rollout_guidance_scale", ""),
    GRADIENT_ACCUMULATION("gradient_accumulation", ""),
    MAX_GRAD_NORM("max_grad_norm", ""),
    SAVE_PRECISION("save_precision", "save.precision"),
    SAVE_PER_STEPS("save_per_steps", "save.per_steps"),
    STATE_PER_STEPS("state_per_steps", ""),
    STATE_PER_SECONDS("state_per_seconds", ""),
    RESUME("resume", ""),
    NON_FINITE("non_finite", ""),
    NON_FINITE_LIMIT("non_finite_limit", ""),
    TIMESTAMP("timestamp", ""),
    RESIZE("resize", ""),
    RESIZE_VALUE("resize_value", ""),
    RESIZE_MAX_RANK("resize_max_rank", ""),
    RESIZE_CONV_RANK("resize_conv_rank", ""),
    RESIZE_PRECISION("resize_precision", ""),
    PREVIEW("preview", ""),
    PREVIEW_PROMPTS("preview_prompts", ""),
    PREVIEW_PLACES("preview_places", ""),
    PREVIEW_NEGATIVE_PROMPT("preview_negative_prompt", ""),
    PREVIEW_SEEDS("preview_seeds", ""),
    PREVIEW_WIDTH("preview_width", ""),
    PREVIEW_HEIGHT("preview_height", ""),
    PREVIEW_STEPS("preview_steps", ""),
    PREVIEW_GUIDANCE_SCALE("preview_guidance_scale", ""),
    PREVIEW_SAMPLER("preview_sampler", ""),
    PREVIEW_LORA_WEIGHT("preview_lora_weight", "");

    private final String flat;
    private final String leco;

    SettingKey(String flat, String leco) {
        this.flat = flat;
        this.leco = leco;
    }

    /** The key in Txt2Lora's layout. */
    String flat() {
        return flat;
    }

    /** Section and key in LECO's layout; empty for what LECO has no setting for. */
    List<String> leco() {
        int dot = leco.indexOf('.');
        return leco.isEmpty() ? List.of() : List.of(leco.substring(0, dot), leco.substring(dot + 1));
    }
}
