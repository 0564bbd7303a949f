package io.github.txt2lora.lora;

import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LoraType;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.internal.DecimalText;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The header metadata of a LoRA file: kohya's {@code ss_*} keys, which the web UI shows, and {@code modelspec.*}
 * (Stability AI's model metadata standard). All values are strings.
 */
public final class LoraMetadata {

    /** Headers are read as a whole. */
    private static final int MOST_PROMPTS = 16;

    private LoraMetadata() {}

    /**
     * Describes a training.
     *
     * @param taught the target prompts that get a new meaning, which the LoRA is called by
     * @param base the base model
     * @param noiseProcess that the base model was trained with
     * @param started when it began
     * @param finished when it ended
     * @param iterations number of completed iterations
     * @param learningRate the full one, before schedule and warm-up
     * @param layers those that have a LoRA
     */
    public static Map<String, String> of(
            LoraTraining training,
            Collection<String> taught,
            BaseModelLabels base,
            NoiseProcess noiseProcess,
            Instant started,
            Instant finished,
            int iterations,
            double learningRate,
            List<LoraModule> layers) {
        TrainingSpec spec = training.spec();
        LoraSpec lora = training.lora();
        Map<String, String> metadata = new TreeMap<>();
        metadata.put("ss_output_name", training.name());
        metadata.put("ss_sd_model_name", training.model().displayName());
        metadata.put("ss_base_model_version", base.version());
        metadata.put("ss_v2", base.isV2() ? "True" : "False");
        metadata.put("ss_network_module", "networks.lora");
        metadata.put("ss_network_dim", Integer.toString(lora.rank().orElseThrow()));
        metadata.put("ss_network_alpha", DecimalText.of(lora.alpha()));
        metadata.put(
                "ss_network_args",
                json(networkArguments(lora, layers, base.version().startsWith("sdxl"))));
        metadata.put("ss_training_started_at", epochSeconds(started));
        metadata.put("ss_training_finished_at", epochSeconds(finished));
        metadata.put("ss_tag_frequency", tagFrequency(training, taught));
        metadata.put("ss_learning_rate", DecimalText.of(learningRate));
        metadata.put("ss_unet_lr", DecimalText.of(learningRate));
        metadata.put(
                "ss_lr_scheduler",
                spec.learningRateSchedule().getClass().getSimpleName().toLowerCase(Locale.ROOT));
        metadata.put("ss_lr_warmup_steps", Integer.toString(spec.warmupIterations()));
        metadata.put("ss_optimizer", training.optimizer().getClass().getSimpleName());
        metadata.put("ss_steps", Integer.toString(iterations));
        metadata.put("ss_max_train_steps", Integer.toString(training.iterations()));
        metadata.put("ss_gradient_accumulation_steps", Integer.toString(spec.gradientAccumulationSteps()));
        metadata.put("ss_clip_skip", Integer.toString(spec.modelUse().clipSkip()));
        metadata.put("ss_zero_terminal_snr", noiseProcess.zeroTerminalSnr() ? "True" : "False");
        metadata.put("ss_seed", Long.toString(spec.seed()));
        metadata.put("ss_resolution", resolution(training));
        metadata.put("ss_training_comment", "LECO: trained from prompts alone");
        metadata.put("modelspec.sai_model_spec", "1.0.1");
        metadata.put("modelspec.architecture", base.architecture() + "/lora");
        metadata.put("modelspec.implementation", "diffusers");
        metadata.put("modelspec.title", training.name());
        metadata.put("modelspec.trigger_phrase", String.join(", ", called(taught)));
        metadata.put("modelspec.date", isoDate(finished));
        metadata.put("modelspec.prediction_type", base.predictionType());
        PromptPair largest = largest(training);
        metadata.put("modelspec.resolution", largest.width() + "x" + largest.height());
        if (training.prompts().stream().anyMatch(pair -> pair.multiplier() != 1)) {
            metadata.put(
                    "ss_leco_prompt_count", Integer.toString(training.prompts().size()));
            metadata.put("ss_leco_preview", promptsInShort(training));
        }
        return metadata;
    }

    /** The LoRA is not called by the empty prompt, but acts always. */
    private static List<String> called(Collection<String> taught) {
        return taught.stream().filter(target -> !target.isBlank()).toList();
    }

    /** The first pairs as kohya's {@code train_leco} writes them: a LoRA is not known to be a slider without them. */
    private static String promptsInShort(LoraTraining training) {
        return training.prompts().stream()
                .limit(MOST_PROMPTS)
                .map(LoraMetadata::inShort)
                .collect(Collectors.joining(", ", "[", "]"));
    }

    private static String inShort(PromptPair pair) {
        var json = new StringJoiner(", ", "{", "}");
        json.add(quote("target") + ": " + quote(pair.target()));
        json.add(quote("positive") + ": " + quote(pair.positive()));
        json.add(quote("unconditional") + ": " + quote(pair.unconditional()));
        json.add(quote("neutral") + ": " + quote(pair.neutral()));
        json.add(quote("action") + ": " + quote(pair.action().name().toLowerCase(Locale.ROOT)));
        json.add(quote("multiplier") + ": " + DecimalText.of(pair.multiplier()));
        json.add(quote("weight") + ": " + DecimalText.of(pair.weight()));
        return json.toString();
    }

    /** Kohya says there what else than linear layers and 1x1 convolutions is trained, and the ranks of blocks. */
    private static Map<String, String> networkArguments(LoraSpec lora, List<LoraModule> layers, boolean isSdxl) {
        Map<String, String> arguments = new TreeMap<>();
        boolean hasConvolutions =
                lora.type() == LoraType.C3LIER || layers.stream().anyMatch(BlockRanks::hasKernel);
        if (hasConvolutions) {
            arguments.put("conv_dim", Integer.toString(lora.rank().orElseThrow()));
            arguments.put("conv_alpha", DecimalText.of(lora.alpha()));
        }
        if (!lora.layerRanks().isEmpty()) {
            arguments.put(
                    "layer_ranks",
                    lora.layerRanks().stream().map(LayerRank::toString).collect(Collectors.joining(", ")));
            BlockRanks.of(lora, layers, isSdxl, false).ifPresent(ranks -> arguments.put("block_dims", ranks));
            if (hasConvolutions) {
                BlockRanks.of(lora, layers, isSdxl, true).ifPresent(ranks -> arguments.put("conv_block_dims", ranks));
            }
        }
        return arguments;
    }

    /** The words of the file, so that the web UI can offer them: the targets, once each. */
    private static String tagFrequency(LoraTraining training, Collection<String> taught) {
        var targets = new StringJoiner(", ", "{", "}");
        for (String target : called(taught)) {
            targets.add(quote(target) + ": 1");
        }
        return "{" + quote("1_" + training.name()) + ": " + targets + "}";
    }

    private static String resolution(LoraTraining training) {
        PromptPair largest = largest(training);
        return "(" + largest.width() + ", " + largest.height() + ")";
    }

    private static PromptPair largest(LoraTraining training) {
        return training.prompts().stream()
                .max(Comparator.comparingLong(pair -> (long) pair.height() * pair.width()))
                .orElseThrow();
    }

    private static String epochSeconds(Instant instant) {
        return BigDecimal.valueOf(instant.toEpochMilli(), 3).toPlainString();
    }

    private static String isoDate(Instant instant) {
        return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(instant);
    }

    private static String json(Map<String, String> values) {
        var json = new StringJoiner(", ", "{", "}");
        values.forEach((key, value) -> json.add(quote(key) + ": " + quote(value)));
        return json.toString();
    }

    private static String quote(String text) {
        return '"'
                + new String(com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance()
                        .quoteAsString(text))
                + '"';
    }
}
