package io.github.txt2lora.leco.closedform;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.leco.latents.DenoisingModel;
import io.github.txt2lora.leco.lesson.Lessons;
import io.github.txt2lora.leco.lesson.PromptEmbeddings;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.lora.LoraParameters.Slot;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.TorchException;
import java.util.List;

/**
 * A start for a LoRA that needs no training: the keys and values of cross-attention are changed so that the tokens of
 * target prompts do as those of their goals, and tokens of prompts to keep as before
 * ({@code torchscript/closed_form.py}). It takes no prediction of the network, only linear algebra on the weights, one
 * module at a time; a training resumes from there.
 */
public final class ClosedFormStart {

    private static final ScriptClass SCRIPT = new ScriptClass("closed_form", "ClosedForm");

    // Measured on the demo checkpoint at rank 8, with seven prompts to keep and no others, for "krnkmd" in place of
    // twelve tags: how far its prediction is from the teacher's goal (1 without a LoRA) / how far that of "1girl"
    // moved, in the same unit. With these three 0.083 / 0.003; at rank 4 0.243 / 0.003.

    /** With 0.01 it was 0.076 / 0.005, with 0.1 0.102 / 0.001, with 0.3 0.149 / 0.000. */
    private static final double KEEP_WEIGHT = 0.03;

    /**
     * With 1e-5 it was 0.077 / 0.002, with 1e-4 0.105 / 0.004, with 1e-3 0.253 / 0.006; the smaller, the more strays
     * what was not asked to stay.
     */
    private static final double RIDGE = 3e-5;

    /**
     * The end token and all padding count as much as four words. With 1 it was 0.137 / 0.004; with 73, as much as 73
     * words, 0.076 / 0.001, but of two characters that share the rank one came to 0.305 instead of 0.234.
     */
    private static final double PADDING_WEIGHT = 4;

    private final double keepWeight;
    private final double ridge;
    private final double paddingWeight;

    ClosedFormStart(double keepWeight, double ridge, double paddingWeight) {
        this.keepWeight = keepWeight;
        this.ridge = ridge;
        this.paddingWeight = paddingWeight;
    }

    /** The start with the settings that are best as a rule. */
    public static ClosedFormStart standard() {
        return new ClosedFormStart(KEEP_WEIGHT, RIDGE, PADDING_WEIGHT);
    }

    /**
     * Changes a LoRA that was only initialised. Ranks that are not needed, and modules that are no keys or values of
     * cross-attention, stay as they are, as does everything if no pair teaches anything.
     *
     * @param model has the embeddings of all prompts of the lessons
     * @param parameters the LoRA
     * @param lessons with {@link EverydayPrompts} as a rule: a prompt that is not kept may become anything
     * @throws InvalidSettingException if the LoRA has no keys or values of cross-attention
     * @throws TrainingFailedException if libtorch fails, or numbers are not finite
     */
    public void apply(DenoisingModel model, LoraParameters parameters, Lessons lessons) {
        List<Slot> slots = projections(model.denoiser(), parameters);
        TokenGoals goals = TokenGoals.of(lessons);
        if (goals.goals().isEmpty()) {
            return;
        }
        try (ScriptModule script = model.torch().newModule(SCRIPT);
                NDManager scope = model.torch().newScope()) {
            NDList solution = solve(script, scope, model, goals);
            for (Slot slot : slots) {
                write(script, model, parameters, slot, solution);
            }
            requireFinite(parameters);
        } catch (TorchException e) {
            throw new TrainingFailedException("the closed-form start failed: " + e.getMessage(), e);
        }
    }

    /** Whether a LoRA has keys or values of cross-attention, the only layers that change. */
    public static boolean canChange(Denoiser denoiser, LoraParameters parameters) {
        return parameters.slots().stream()
                .anyMatch(slot -> denoiser.isPromptProjection(slot.module().name()));
    }

    private static List<Slot> projections(Denoiser denoiser, LoraParameters parameters) {
        List<Slot> projections = parameters.slots().stream()
                .filter(slot -> denoiser.isPromptProjection(slot.module().name()))
                .toList();
        if (projections.isEmpty()) {
            throw new InvalidSettingException("the closed-form start changes keys and values of cross-attention"
                    + " (attn2.to_k, attn2.to_v), but this LoRA has none of them among "
                    + Count.of(parameters.slots().size(), "module")
                    + ", for example "
                    + parameters.slots().get(0).module().name() + "; choose target FULL or XATTN");
        }
        return projections;
    }

    private NDList solve(ScriptModule script, NDManager scope, DenoisingModel model, TokenGoals goals) {
        PromptEmbeddings embeddings = model.embeddings();
        return script.call("solve", scope)
                .with(embeddings.contexts(scope, goals.prompts()))
                .with(ridge)
                .withVectors("problem", goals.problem(embeddings::tokens, paddingWeight, keepWeight))
                .run();
    }

    private static void write(
            ScriptModule script, DenoisingModel model, LoraParameters parameters, Slot slot, NDList solution) {
        try (NDManager scope = model.torch().newScope()) {
            script.longCall("write", scope)
                    .with(parameters.vector())
                    .with(model.denoiser().weight(scope, slot.module().name()))
                    .with(solution.get(0))
                    .with(solution.get(1))
                    .with(slot.rank())
                    .with(slot.scale())
                    .with(slot.downOffset())
                    .with(slot.upOffset())
                    .run();
        }
    }

    private static void requireFinite(LoraParameters parameters) {
        float sum;
        try (NDArray array = parameters.vector().sum()) {
            sum = HostNumbers.scalar(array);
        }
        if (!Float.isFinite(sum)) {
            throw new TrainingFailedException("the closed-form start gave a LoRA whose numbers sum up to " + sum
                    + "; expected finite weights of the model and embeddings of the prompts");
        }
    }
}
