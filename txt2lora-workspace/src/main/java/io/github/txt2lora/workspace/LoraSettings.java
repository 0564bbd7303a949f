package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.ops.ResizeSpec;
import java.util.List;
import java.util.Optional;

/**
 * The settings of one LoRA of a workspace, without its prompts: the content of {@code config/NAME.yaml}.
 *
 * <p>The file has either Txt2Lora's own layout or LECO's. In Txt2Lora's, all keys stand side by side;
 * {@code docs/workspace.md} lists them with their values and defaults.
 *
 * <p>LECO's layout is recognised by its keys; {@link LecoConfigFile} describes it, and its defaults apply. Settings for
 * which LECO has no key may stand beside its sections, under the keys of Txt2Lora's layout.
 *
 * @param name the LoRA's name, which is also that of its files
 * @param model the base model
 * @param alsoOn further base models that the LoRA is to work on, see {@link io.github.txt2lora.LoraTraining#alsoOn};
 *     usually empty
 * @param spec settings of the training
 * @param resize settings for resizing the finished LoRA; empty for no resize
 * @param preview the images that are drawn with the finished LoRA
 */
public record LoraSettings(
        String name,
        ModelAddress model,
        List<ModelAddress> alsoOn,
        TrainingSpec spec,
        Optional<ResizeSpec> resize,
        PreviewSettings preview) {

    /**
     * Checks the name.
     *
     * @throws InvalidSettingException if it cannot be a file name on every operating system
     */
    public LoraSettings {
        FileName.checkLora("lora_name", name);
        Check.given("model", model);
        alsoOn = List.copyOf(Check.given("alsoOn", alsoOn));
        Check.given("spec", spec);
        Check.given("resize", resize);
        Check.given("preview", preview);
    }

    /** Settings with all defaults. */
    public static LoraSettings of(String name, ModelAddress model) {
        return new LoraSettings(
                name, model, List.of(), TrainingSpec.builder().build(), Optional.empty(), PreviewSettings.defaults());
    }

    /** The same with another name. */
    public LoraSettings withName(String other) {
        return new LoraSettings(other, model, alsoOn, spec, resize, preview);
    }

    /** The same on another model. */
    public LoraSettings withModel(ModelAddress other) {
        return new LoraSettings(name, other, alsoOn, spec, resize, preview);
    }

    /** The same on these models beside the first. */
    public LoraSettings withAlsoOn(List<ModelAddress> others) {
        return new LoraSettings(name, model, others, spec, resize, preview);
    }

    /** The same with another training. */
    public LoraSettings withSpec(TrainingSpec other) {
        return new LoraSettings(name, model, alsoOn, other, resize, preview);
    }

    /** The same, made smaller. */
    public LoraSettings withResize(ResizeSpec rule) {
        return new LoraSettings(name, model, alsoOn, spec, Optional.of(rule), preview);
    }

    /** A copy with another preview. */
    public LoraSettings withPreview(PreviewSettings other) {
        return new LoraSettings(name, model, alsoOn, spec, resize, other);
    }
}
