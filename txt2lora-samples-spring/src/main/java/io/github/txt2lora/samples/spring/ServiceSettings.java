package io.github.txt2lora.samples.spring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The settings of the service; the properties {@code txt2lora.*}.
 *
 * @param folder of everything that the service writes
 * @param model base model, a {@code .safetensors} file or a folder in diffusers' layout; without it, the demo
 *     checkpoint
 * @param resolution side of training images and of drawn ones in pixels; by default 96 for the demo, otherwise 512
 * @param guidanceScale of drawn images; by default 5 for the demo, otherwise 7.5
 * @param steps of drawn images
 * @param token that clients send as {@code Authorization: Bearer TOKEN}; without one, only this machine is served
 * @param stateEvery time between two states of a training, from which it resumes after a crash
 * @param measureEvery iterations between two measurements of the gap
 * @param previewEvery iterations between two previews of a training; 0 for none
 * @param previewShare the most of a training's time that may go into previews, above 0, at most 1
 */
@ConfigurationProperties("txt2lora")
record ServiceSettings(
        @DefaultValue("service") Path folder,
        @Nullable Path model,
        @Nullable Integer resolution,
        @Nullable Double guidanceScale,
        @DefaultValue("20") int steps,
        @Nullable String token,
        @DefaultValue("30s") Duration stateEvery,
        @DefaultValue("20") int measureEvery,
        @DefaultValue("40") int previewEvery,
        @DefaultValue("0.2") double previewShare) {

    private static final int DEMO_SIDE = 96;
    private static final int USUAL_SIDE = 512;
    private static final double DEMO_GUIDANCE = 5;
    private static final double USUAL_GUIDANCE = 7.5;

    /** The folder of finished and uploaded LoRAs and of the states of trainings. */
    Path loras() {
        return folder.resolve("lora");
    }

    /** The folder of uploads that are not complete or not checked yet. */
    Path uploads() {
        return folder.resolve("upload");
    }

    /** The folder of the images that trainings draw on their way. */
    Path previews() {
        return folder.resolve("preview");
    }

    /** The folder of the images that stand for LoRAs. */
    Path pictures() {
        return folder.resolve("picture");
    }

    /** The folder of the demo checkpoint. */
    Path models() {
        return folder.resolve("model");
    }

    /** Side of an image in pixels. */
    int side() {
        if (resolution != null) {
            return resolution;
        }
        return model == null ? DEMO_SIDE : USUAL_SIDE;
    }

    /** The guidance scale of an image. */
    double guidance() {
        if (guidanceScale != null) {
            return guidanceScale;
        }
        return model == null ? DEMO_GUIDANCE : USUAL_GUIDANCE;
    }

    /** The access token, if there is one. */
    Optional<String> accessToken() {
        return Optional.ofNullable(token).filter(text -> !text.isBlank());
    }
}
