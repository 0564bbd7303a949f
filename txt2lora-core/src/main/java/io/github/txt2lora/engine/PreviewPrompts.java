package io.github.txt2lora.engine;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.PreviewRequests;
import io.github.txt2lora.text.PromptEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The images of a training's previews with their encoded prompts.
 *
 * @param request the image, with the LoRA at its weight
 * @param encoded its prompts
 */
record PreviewPrompts(ImageRequest request, PicturePrompts.Encoded encoded) {

    /** Checks what the base model decides on. */
    static void requireFits(LoraTraining training, FamilyProfile profile) {
        if (training.preview().isOn()) {
            ImageRequest any = PreviewRequests.of(training).get(0);
            ImageMultiple.require("preview width", any.width(), profile.family());
            ImageMultiple.require("preview height", any.height(), profile.family());
        }
    }

    /**
     * Encodes the prompts of all images, each once. The text encoders are gone from the device afterwards.
     *
     * @param owner will own the embeddings
     * @throws InvalidSettingException if a prompt names a LoRA
     */
    static List<PreviewPrompts> encode(
            EngineParts engine,
            LoraTraining training,
            FamilyProfile profile,
            Checkpoint checkpoint,
            NDManager owner,
            Consumer<String> warnings) {
        checkpoint.requireFinite(Component.VAE);
        PromptEncoder encoder = profile.promptEncoder(
                engine.torch(),
                checkpoint,
                engine.tokenizer(),
                training.spec().modelUse().precision(),
                training.spec().modelUse().clipSkip(),
                checkpoint::tensors,
                EmbeddingFolder.of(training.spec().modelUse().embeddings()));
        Map<String, PicturePrompts.Encoded> byPrompt = new LinkedHashMap<>();
        List<PreviewPrompts> all = new ArrayList<>();
        for (ImageRequest request : PreviewRequests.of(training)) {
            if (!byPrompt.containsKey(request.prompt())) {
                byPrompt.put(request.prompt(), encode(request, profile, encoder, owner, warnings));
            }
            all.add(new PreviewPrompts(request, Objects.requireNonNull(byPrompt.get(request.prompt()))));
        }
        return List.copyOf(all);
    }

    private static PicturePrompts.Encoded encode(
            ImageRequest request,
            FamilyProfile profile,
            PromptEncoder encoder,
            NDManager owner,
            Consumer<String> warnings) {
        PicturePrompts prompts;
        try {
            prompts = PicturePrompts.of(request, warnings);
        } catch (InvalidSettingException e) {
            throw new InvalidSettingException(
                    "a preview of the training cannot be drawn: " + e.getMessage()
                            + ". Previews show the LoRA that is trained alone",
                    e);
        }
        PicturePrompts.Encoded encoded = prompts.encode(encoder, owner, warnings);
        return profile.hasZerosForNoPrompt() && prompts.hasNoNegative() ? encoded.withZeroNegative() : encoded;
    }
}
