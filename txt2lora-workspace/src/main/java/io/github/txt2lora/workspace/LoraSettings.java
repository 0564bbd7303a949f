package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.FileName;
import io.github.txt2lora.ops.ResizeSpec;
import java.util.Optional;

/**
 * The settings of one LoRA of a workspace, all but its prompts: what {@code config/NAME.yaml} says.
 *
 * <p>The file has either Txt2Lora's own layout or LECO's. In Txt2Lora's, all keys stand side by side:
 *
 * <table>
 * <caption>Keys, their values and their defaults</caption>
 * <tr><th>key</th><th>value</th><th>default</th></tr>
 * <tr><td>lora_name</td><td>the LoRA's name</td><td>the file's</td></tr>
 * <tr><td>model_name</td><td>a model in the folder {@code model}</td><td>this or model_path is required</td></tr>
 * <tr><td>model_url</td><td>where it is downloaded from if it is not there</td><td>nowhere</td></tr>
 * <tr><td>model_path</td><td>a model elsewhere; relative to the workspace</td><td></td></tr>
 * <tr><td>prediction</td><td>epsilon, v_prediction, from_model</td><td>from_model</td></tr>
 * <tr><td>terminal_snr</td><td>zero, above_zero, from_model</td><td>from_model</td></tr>
 * <tr><td>clip_skip</td><td>1 to 12</td><td>1</td></tr>
 * <tr><td>train_iterations</td><td>1 or more</td><td>1000</td></tr>
 * <tr><td>train_lr</td><td>learning rate, above 0</td><td>0.0001</td></tr>
 * <tr><td>rank</td><td>1 or more</td><td>4</td></tr>
 * <tr><td>alpha</td><td>above 0</td><td>1.0</td></tr>
 * <tr><td>lora_type</td><td>lierla, c3lier</td><td>lierla</td></tr>
 * <tr><td>training_method</td><td>full, selfattn, xattn, noxattn, innoxattn</td><td>full</td></tr>
 * <tr><td>seed</td><td>any whole number</td><td>0</td></tr>
 * <tr><td>precision</td><td>float32, float16, bfloat16</td><td>float32</td></tr>
 * <tr><td>optimizer</td><td>AdamW, Adam, Lion, Prodigy, Adafactor, SGD</td><td>AdamW</td></tr>
 * <tr><td>optimizer_args</td><td>such as "betas=(0.9,0.99) weight_decay=0.1"</td><td>the Python libraries'</td></tr>
 * <tr><td>lr_scheduler</td><td>constant, cosine, cosine_with_restarts, linear, step</td><td>constant</td></tr>
 * <tr><td>lr_scheduler_args</td><td>end_factor; min_factor, first_cycle, cycle_multiplier; step_size, gamma</td>
 *     <td>LECO's</td></tr>
 * <tr><td>lr_warmup_steps</td><td>0 to train_iterations</td><td>0</td></tr>
 * <tr><td>noise_scheduler</td><td>ddim, ddpm, lms, euler_a</td><td>ddim</td></tr>
 * <tr><td>max_denoising_steps</td><td>2 to 1000</td><td>50</td></tr>
 * <tr><td>rollout_guidance_scale</td><td>any number</td><td>3.0</td></tr>
 * <tr><td>gradient_accumulation</td><td>1 or more</td><td>1</td></tr>
 * <tr><td>max_grad_norm</td><td>above 0</td><td>no limit</td></tr>
 * <tr><td>save_precision</td><td>float32, float16, bfloat16</td><td>float16</td></tr>
 * <tr><td>save_per_steps</td><td>iterations; 0 for only at the end</td><td>0</td></tr>
 * <tr><td>state_per_steps</td><td>iterations; 0 for by time alone</td><td>0</td></tr>
 * <tr><td>state_per_seconds</td><td>seconds; 0 for by iterations alone</td><td>300</td></tr>
 * <tr><td>resume</td><td>if_same, never, required</td><td>if_same</td></tr>
 * <tr><td>non_finite</td><td>fail, skip, rollback</td><td>fail</td></tr>
 * <tr><td>non_finite_limit</td><td>1 or more</td><td>10 for skip, 3 for rollback</td></tr>
 * <tr><td>timestamp</td><td>the time to write into the LoRA, such as 2024-12-31T23:59:59Z</td><td>the clock</td></tr>
 * <tr><td>resize</td><td>none, fixed, sv_ratio, sv_fro, sv_cumulative</td><td>none</td></tr>
 * <tr><td>resize_value</td><td>a rank, a ratio above 1, or a fraction; required with a rule</td><td></td></tr>
 * <tr><td>resize_max_rank</td><td>the highest rank that a rule may choose</td><td>no limit</td></tr>
 * <tr><td>resize_conv_rank</td><td>the rank of convolutions</td><td>as for the others</td></tr>
 * <tr><td>resize_precision</td><td>float32, float16, bfloat16</td><td>save_precision</td></tr>
 * <tr><td>preview</td><td>true, false</td><td>true</td></tr>
 * <tr><td>preview_prompts</td><td>a list</td><td>the targets that get a new meaning</td></tr>
 * <tr><td>preview_places</td><td>a list</td><td>shopping mall, kitchen, shinto shrine</td></tr>
 * <tr><td>preview_negative_prompt</td><td>text</td><td>empty</td></tr>
 * <tr><td>preview_seeds</td><td>a list of whole numbers</td><td>1</td></tr>
 * <tr><td>preview_width</td><td>pixels, a multiple of 8</td><td>resolution of the first prompt</td></tr>
 * <tr><td>preview_height</td><td>pixels, a multiple of 8</td><td>resolution of the first prompt</td></tr>
 * <tr><td>preview_steps</td><td>1 to 1000</td><td>20</td></tr>
 * <tr><td>preview_guidance_scale</td><td>any number</td><td>7.5</td></tr>
 * <tr><td>preview_sampler</td><td>DDIM, DDPM, LMS, Euler, Euler a, DPM++ 2M, DPM++ 2M Karras, UniPC</td>
 *     <td>DDIM</td></tr>
 * <tr><td>preview_lora_weight</td><td>any number</td><td>1.0</td></tr>
 * </table>
 *
 * <p>LECO's layout, recognised by its keys, is described at {@link LecoConfigFile}, whose defaults apply; what LECO has
 * no key for may stand beside its sections under the key above.
 *
 * @param name the LoRA's name: that of its files
 * @param model the base model
 * @param training how to train
 * @param resize how the finished LoRA is made smaller, if it is
 * @param preview the pictures that are drawn with it
 */
public record LoraSettings(
        String name, ModelAddress model, TrainingSpec training, Optional<ResizeSpec> resize, PreviewSettings preview) {

    /**
     * Checks the name.
     *
     * @throws InvalidSettingException if it cannot be a file name on every operating system
     */
    public LoraSettings {
        FileName.checkLora("lora_name", name);
        Check.given("model", model);
        Check.given("training", training);
        Check.given("resize", resize);
        Check.given("preview", preview);
    }

    /** Settings with all defaults. */
    public static LoraSettings of(String name, ModelAddress model) {
        return new LoraSettings(
                name, model, TrainingSpec.builder().build(), Optional.empty(), PreviewSettings.defaults());
    }

    /** The same with another name. */
    public LoraSettings withName(String other) {
        return new LoraSettings(other, model, training, resize, preview);
    }

    /** The same on another model. */
    public LoraSettings withModel(ModelAddress other) {
        return new LoraSettings(name, other, training, resize, preview);
    }

    /** The same with another training. */
    public LoraSettings withTraining(TrainingSpec other) {
        return new LoraSettings(name, model, other, resize, preview);
    }

    /** The same, made smaller. */
    public LoraSettings withResize(ResizeSpec rule) {
        return new LoraSettings(name, model, training, Optional.of(rule), preview);
    }

    /** The same with other pictures. */
    public LoraSettings withPreview(PreviewSettings other) {
        return new LoraSettings(name, model, training, resize, other);
    }
}
