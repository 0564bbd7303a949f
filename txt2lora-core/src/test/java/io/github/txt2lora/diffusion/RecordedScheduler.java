package io.github.txt2lora.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** Reads a configuration as diffusers writes it; a field that is not known here fails the test. */
final class RecordedScheduler {

    private static final Map<String, SchedulerKind> KINDS = Map.of(
            "DDIMScheduler", SchedulerKind.DDIM,
            "DDPMScheduler", SchedulerKind.DDPM,
            "LMSDiscreteScheduler", SchedulerKind.LMS,
            "EulerDiscreteScheduler", SchedulerKind.EULER,
            "EulerAncestralDiscreteScheduler", SchedulerKind.EULER_ANCESTRAL,
            "DPMSolverMultistepScheduler", SchedulerKind.DPM_SOLVER_PLUS_PLUS,
            "UniPCMultistepScheduler", SchedulerKind.UNI_PC);

    private RecordedScheduler() {}

    static SchedulerConfig config(JsonNode variant, int steps) {
        SchedulerKind kind = KINDS.get(variant.get("scheduler").asText());
        if (kind == null) {
            throw new AssertionError("No sampler for " + variant.get("scheduler"));
        }
        SchedulerConfig.Builder builder = SchedulerConfig.builder(kind, steps);
        if (kind == SchedulerKind.DDIM || kind == SchedulerKind.DDPM) {
            builder.clipSample(true); // the default of diffusers
        }
        variant.get("config").properties().forEach(field -> set(builder, field.getKey(), field.getValue()));
        variant.get("step_args").properties().forEach(field -> set(builder, field.getKey(), field.getValue()));
        return builder.build();
    }

    /** The configuration of a pipeline's scheduler, all of whose settings lie side by side. */
    static SchedulerConfig ofPipeline(JsonNode scheduler, int steps) {
        SchedulerKind kind = KINDS.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(scheduler.get("type").asText()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("No sampler for " + scheduler.get("type")));
        SchedulerConfig.Builder builder = SchedulerConfig.builder(kind, steps);
        scheduler.properties().forEach(field -> {
            switch (field.getKey()) {
                case "type" -> {}
                case "thresholding" -> expect(field.getKey(), field.getValue().booleanValue(), false);
                case "dynamic_thresholding_ratio", "sample_max_value", "clip_sample_range" -> {
                    // without thresholding and clipping, these mean nothing
                }
                default -> set(builder, field.getKey(), field.getValue());
            }
        });
        return builder.build();
    }

    private static void set(SchedulerConfig.Builder builder, String field, JsonNode value) {
        switch (field) {
            case "beta_start" -> expect(field, value.doubleValue(), 0.00085);
            case "beta_end" -> expect(field, value.doubleValue(), 0.012);
            case "beta_schedule" -> expect(field, value.asText(), "scaled_linear");
            case "num_train_timesteps" -> expect(field, value.intValue(), 1000);
            case "prediction_type" -> builder.predictionType(predictionType(value.asText()));
            case "timestep_spacing" -> builder.timestepSpacing(spacing(value.asText()));
            case "steps_offset" -> builder.stepsOffset(value.intValue());
            case "set_alpha_to_one" -> builder.setAlphaToOne(value.booleanValue());
            case "clip_sample" -> builder.clipSample(value.booleanValue());
            case "eta" -> builder.eta(value.doubleValue());
            case "use_karras_sigmas" -> builder.karrasSigmas(value.booleanValue());
            case "rescale_betas_zero_snr" -> builder.zeroTerminalSnr(value.booleanValue());
            default -> throw new AssertionError("No setting for " + field + " = " + value);
        }
    }

    private static void expect(String field, Object value, Object expected) {
        if (!value.equals(expected)) {
            throw new AssertionError("Expected " + field + " = " + expected + ", found " + value);
        }
    }

    private static PredictedQuantity predictionType(String name) {
        return switch (name) {
            case "epsilon" -> PredictedQuantity.EPSILON;
            case "v_prediction" -> PredictedQuantity.V_PREDICTION;
            default -> throw new AssertionError("No prediction type " + name);
        };
    }

    private static TimestepSpacing spacing(String name) {
        return switch (name) {
            case "leading" -> TimestepSpacing.LEADING;
            case "linspace" -> TimestepSpacing.LINSPACE;
            case "trailing" -> TimestepSpacing.TRAILING;
            default -> throw new AssertionError("No spacing " + name);
        };
    }
}
