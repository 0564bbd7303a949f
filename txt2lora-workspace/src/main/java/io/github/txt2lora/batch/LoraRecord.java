package io.github.txt2lora.batch;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is known about a finished LoRA; stands beside it as {@code NAME.json}. Times are in UTC as in
 * {@code 2024-12-31T23:59:59Z}, digests are SHA-256 in hexadecimal digits.
 *
 * @param format the version of this layout, {@value #FORMAT}
 * @param name the LoRA's name
 * @param settings the keys of its {@code config} file with their values, defaults too
 * @param prompts for each prompt its keys with their values, defaults too
 * @param versions of this library, of Java and of the operating system at the time of the training
 * @param training record of the training
 * @param resize record of the resize; null without one
 * @param preview record of the preview; null without one
 */
public record LoraRecord(
        int format,
        String name,
        Map<String, Object> settings,
        List<Map<String, Object>> prompts,
        Map<String, String> versions,
        Training training,
        @Nullable Resize resize,
        @Nullable Preview preview) {

    static final int FORMAT = 1;

    /** Rejects null where it is not allowed; a record that was read may lack anything. */
    public LoraRecord {
        Check.given("name", name);
        Check.given("settings", settings);
        Check.given("prompts", prompts).forEach(prompt -> Check.given("prompt", prompt));
        Check.given("versions", versions).forEach((what, version) -> Check.given(what, version));
        Check.given("training", training);
    }

    /**
     * A record of a LoRA's training.
     *
     * @param fingerprint digest of all settings that the training depends on, but for the number of iterations
     * @param model the base model
     * @param alsoOn further base models that it was trained on; empty as a rule
     * @param sha256 digest of the LoRA's file as it was trained
     * @param seed seed of the random stream
     * @param iterations number of completed iterations
     * @param losses mean squared error of each iteration
     * @param firstLoss mean of the first tenth
     * @param lastLoss mean of the last tenth
     * @param quality gap and drift; null if that was not measured
     * @param unetSamples work of the UNet for it: a forward pass of one sample is 1, a backward pass 2
     * @param finishedAt when the training ended
     * @param seconds duration, without pauses
     * @param warnings warnings for the user
     * @param ancestry LoRA files that it comes from, each of which the one before started from; empty if it is new
     * @param embeddings textual-inversion embeddings that its prompts name
     */
    public record Training(
            String fingerprint,
            ModelIdentity model,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ModelIdentity> alsoOn,
            String sha256,
            long seed,
            int iterations,
            List<Double> losses,
            double firstLoss,
            double lastLoss,
            @Nullable LoraQuality quality,
            long unetSamples,
            String finishedAt,
            double seconds,
            List<String> warnings,
            List<Ancestor> ancestry,
            List<Embedding> embeddings) {

        /** Copies the lists. */
        public Training {
            Check.given("fingerprint", fingerprint);
            Check.given("model", model);
            Check.given("sha256", sha256);
            Check.given("finishedAt", finishedAt);
            alsoOn = List.copyOf(alsoOn);
            losses = List.copyOf(losses);
            warnings = List.copyOf(warnings);
            ancestry = List.copyOf(ancestry);
            embeddings = List.copyOf(embeddings);
        }

        /** All base models, the first one first. */
        List<ModelIdentity> models() {
            List<ModelIdentity> all = new ArrayList<>(List.of(model));
            all.addAll(alsoOn);
            return all;
        }
    }

    /**
     * A textual-inversion embedding that a training used.
     *
     * @param name its name in prompts
     * @param sha256 digest of its file
     */
    public record Embedding(String name, String sha256) {

        /** Rejects null. */
        public Embedding {
            Check.given("name", name);
            Check.given("sha256", sha256);
        }
    }

    /**
     * A LoRA file that a training started from.
     *
     * @param file its name
     * @param modelHash {@code sshs_model_hash} of its content, in hexadecimal digits
     */
    public record Ancestor(
            String file, @JsonProperty("sshs_model_hash") String modelHash) {

        /** Rejects null. */
        public Ancestor {
            Check.given("file", file);
            Check.given("modelHash", modelHash);
        }
    }

    /**
     * A record of a LoRA's resizing.
     *
     * @param fingerprint digest of the rule and of what it was applied to
     * @param sha256 digest of the smaller LoRA's file
     * @param lowestRank of a module
     * @param highestRank of a module
     * @param frobeniusRetained mean share of the modules' norm that is left; null if unknown
     * @param seconds duration
     */
    public record Resize(
            String fingerprint,
            String sha256,
            int lowestRank,
            int highestRank,
            @Nullable Double frobeniusRetained,
            double seconds) {

        /** Rejects null where it is not allowed. */
        public Resize {
            Check.given("fingerprint", fingerprint);
            Check.given("sha256", sha256);
        }
    }

    /**
     * A record of the images drawn with a LoRA.
     *
     * @param fingerprint digest of the settings of the images and of the LoRA
     * @param pictures number of images
     * @param seconds duration
     */
    public record Preview(String fingerprint, int pictures, double seconds) {

        /** Rejects null. */
        public Preview {
            Check.given("fingerprint", fingerprint);
        }
    }

    LoraRecord with(Resize newResize) {
        return new LoraRecord(format, name, settings, prompts, versions, training, newResize, null);
    }

    LoraRecord with(Preview newPreview) {
        return new LoraRecord(format, name, settings, prompts, versions, training, resize, newPreview);
    }

    LoraRecord asTrained() {
        return new LoraRecord(format, name, settings, prompts, versions, training, null, null);
    }
}
