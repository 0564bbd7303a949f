package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.diffusion.UNet.LoraGradient;
import io.github.txt2lora.leco.ResilientTrainer.Outcome;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trains several LoRAs of one shape over one model: each draws its own lesson and latents, and then all of them are
 * compared in one call of the network. Each has its own optimizer and random stream, so its result is that of training
 * alone, up to rounding.
 */
public final class TrainerGroup {

    private final DenoisingModel model;
    private final LoraParameters.Stack stack;

    /**
     * A group.
     *
     * @param stack the parameters of all LoRAs, the rows of the trainers
     */
    public TrainerGroup(DenoisingModel model, LoraParameters.Stack stack) {
        this.model = model;
        this.stack = stack;
    }

    /**
     * Runs one iteration of each trainer.
     *
     * @param trainers one for each row of the stack, in order
     * @param beforeCall runs before each call of the network; what it throws ends the iteration, and everything is as it
     *     was before it, random streams included
     * @return what became of each trainer's iteration
     * @throws TrainingFailedException if libtorch fails, or the numbers of a LoRA go wrong and its policy does not let
     *     it go on
     */
    public List<Outcome> next(List<ResilientTrainer> trainers, Runnable beforeCall) {
        trainers.forEach(ResilientTrainer::takeSnapshot);
        List<long[]> before = trainers.stream()
                .map(each -> each.trainer().generator().state())
                .toList();
        try (NDManager scope = model.torch().newScope()) {
            List<List<LoraGradient>> gradients = gradients(scope, trainers, beforeCall);
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < trainers.size(); i++) {
                LecoTrainer trainer = trainers.get(i).trainer();
                List<LoraGradient> own = gradients.get(i);
                outcomes.add(trainers.get(i).settle(() -> trainer.apply(scope, own)));
            }
            return outcomes;
        } catch (TorchException e) {
            restore(trainers, before);
            throw new TrainingFailedException("an iteration of several LoRAs failed: " + e.getMessage(), e);
        } catch (TrainingFailedException e) {
            throw e;
        } catch (RuntimeException e) {
            restore(trainers, before);
            throw e;
        }
    }

    private static void restore(List<ResilientTrainer> trainers, List<long[]> generators) {
        for (int i = 0; i < trainers.size(); i++) {
            trainers.get(i).trainer().generator().restore(generators.get(i));
        }
    }

    /** The gradients of all comparisons of each trainer. */
    private List<List<LoraGradient>> gradients(NDManager scope, List<ResilientTrainer> trainers, Runnable beforeCall) {
        List<List<LoraGradient>> all = new ArrayList<>();
        trainers.forEach(trainer -> all.add(new ArrayList<>()));
        int comparisons = trainers.get(0).trainer().comparisons();
        for (int i = 0; i < comparisons; i++) {
            List<StepContext> contexts = new ArrayList<>();
            List<Comparison> parts = new ArrayList<>();
            for (ResilientTrainer each : trainers) {
                LecoTrainer trainer = each.trainer();
                var context = new StepContext(scope, trainer.generator(), StepObserver.NONE, beforeCall);
                // a rollout needs the LoRA itself
                trainer.attach(scope);
                contexts.add(context);
                parts.add(trainer.step().prepare(context));
            }
            stack.attachTo(model.unet(), scope);
            List<LoraGradient> results = compare(scope, trainers, parts, beforeCall);
            for (int j = 0; j < trainers.size(); j++) {
                trainers.get(j).trainer().step().finish(contexts.get(j), results.get(j));
                all.get(j).add(results.get(j));
            }
        }
        return all;
    }

    private List<LoraGradient> compare(
            NDManager scope, List<ResilientTrainer> trainers, List<Comparison> parts, Runnable beforeCall) {
        while (true) {
            beforeCall.run();
            List<LoraGradient> results = call(scope, trainers, parts);
            boolean isFine = true;
            for (int i = 0; i < results.size(); i++) {
                LecoStep step = trainers.get(i).trainer().step();
                if (step.isScaleTooLarge(results.get(i))) {
                    step.lossScale(step.lossScale().afterOverflow());
                    isFine = false;
                }
            }
            if (isFine) {
                return results;
            }
        }
    }

    private List<LoraGradient> call(NDManager scope, List<ResilientTrainer> trainers, List<Comparison> parts) {
        double[] lossScales = trainers.stream()
                .mapToDouble(each -> each.trainer().step().lossScale().factor())
                .toArray();
        return model.unet()
                .loraGradients(
                        scope,
                        concat(parts.stream().map(Comparison::goal).toList()),
                        lossScales,
                        concatNumbers(parts.stream().map(Comparison::weights).toList()),
                        concat(parts.stream().map(Comparison::latents).toList()),
                        concatNumbers(parts.stream().map(Comparison::timesteps).toList()),
                        new Conditioning(
                                concat(parts.stream()
                                        .map(part -> part.conditioning().context())
                                        .toList()),
                                concatOptional(parts.stream()
                                        .map(part -> part.conditioning().pooled())
                                        .toArray(NDArray[]::new)),
                                concatOptional(parts.stream()
                                        .map(part -> part.conditioning().timeIds())
                                        .toArray(NDArray[]::new))));
    }

    private static NDArray concat(List<NDArray> arrays) {
        return NDArrays.concat(new NDList(arrays), 0);
    }

    private static @Nullable NDArray concatOptional(@Nullable NDArray[] arrays) {
        List<NDArray> present = Arrays.stream(arrays).filter(Objects::nonNull).toList();
        return present.isEmpty() ? null : concat(present);
    }

    private static double[] concatNumbers(List<double[]> numbers) {
        return numbers.stream().flatMapToDouble(Arrays::stream).toArray();
    }
}
