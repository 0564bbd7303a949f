package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.diffusion.UNet;
import io.github.txt2lora.diffusion.UNet.LoraGradient;
import io.github.txt2lora.leco.ResilientTrainer.Outcome;
import io.github.txt2lora.leco.latents.StepContext;
import io.github.txt2lora.leco.latents.StepObserver;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.text.Conditioning;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trains several LoRAs of one layout over one network: each draws its own lesson and latents, and then all whose latents
 * are of one shape are compared in one call. Each has its own optimizer and random stream, so its result is that of
 * training alone, up to rounding. Where memory does not suffice, fewer go through the network at once, and stay so.
 */
public final class TrainerGroup {

    private final Torch torch;
    private final UNet unet;
    private int mostTogether = Integer.MAX_VALUE;

    /** A group of trainers over the network. */
    public TrainerGroup(Torch torch, UNet unet) {
        this.torch = torch;
        this.unet = unet;
    }

    /** What one LoRA compares in one call. */
    private record Part(LecoTrainer trainer, StepContext context, Comparison comparison) {

        Shape shape() {
            return comparison.latents().getShape();
        }

        LecoStep step() {
            return trainer.step();
        }
    }

    /**
     * Runs one iteration of each trainer. What the check of {@link Torch#checkingCalls} throws ends it, and everything is
     * as it was before it, random streams included.
     *
     * @param trainers over the network, whose iterations have the same number of comparisons
     * @return what became of each trainer's iteration, in order
     * @throws TrainingFailedException if libtorch fails before any LoRA has changed
     */
    public List<Outcome> next(List<ResilientTrainer> trainers) {
        trainers.forEach(ResilientTrainer::takeSnapshot);
        List<long[]> before = trainers.stream()
                .map(each -> each.trainer().generator().state())
                .toList();
        try (NDManager scope = torch.newScope()) {
            List<List<LoraGradient>> gradients = gradients(scope, trainers);
            List<Outcome> outcomes = new ArrayList<>();
            for (int i = 0; i < trainers.size(); i++) {
                outcomes.add(apply(scope, trainers.get(i), gradients.get(i)));
            }
            return outcomes;
        } catch (TorchException e) {
            restore(trainers, before);
            throw new TrainingFailedException("an iteration of several LoRAs failed: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            restore(trainers, before);
            throw e;
        }
    }

    private static Outcome apply(NDManager scope, ResilientTrainer resilient, List<LoraGradient> gradients) {
        LecoTrainer trainer = resilient.trainer();
        try {
            return resilient.settle(() -> trainer.apply(scope, gradients));
        } catch (TrainingFailedException e) {
            return new Outcome.Failed(e);
        } catch (TorchException e) {
            return new Outcome.Failed(new TrainingFailedException(
                    "iteration " + (trainer.iteration() + 1) + " failed: " + e.getMessage(), e));
        }
    }

    private static void restore(List<ResilientTrainer> trainers, List<long[]> generators) {
        for (int i = 0; i < trainers.size(); i++) {
            trainers.get(i).trainer().generator().restore(generators.get(i));
        }
    }

    /** The gradients of all comparisons of each trainer. */
    private List<List<LoraGradient>> gradients(NDManager scope, List<ResilientTrainer> trainers) {
        Map<LecoTrainer, List<LoraGradient>> gradients = new LinkedHashMap<>();
        trainers.forEach(each -> gradients.put(each.trainer(), new ArrayList<>()));
        int comparisons = trainers.get(0).trainer().comparisons();
        for (int i = 0; i < comparisons; i++) {
            Map<Shape, List<Part>> byShape = new LinkedHashMap<>();
            for (LecoTrainer trainer : gradients.keySet()) {
                var context = new StepContext(scope, trainer.generator(), StepObserver.NONE);
                trainer.attach(); // rollouts use it
                var part = new Part(trainer, context, trainer.step().prepare(context));
                byShape.computeIfAbsent(part.shape(), shape -> new ArrayList<>())
                        .add(part);
            }
            for (List<Part> parts : byShape.values()) {
                List<LoraGradient> results = compare(scope, parts);
                for (int j = 0; j < parts.size(); j++) {
                    Objects.requireNonNull(gradients.get(parts.get(j).trainer()))
                            .add(results.get(j));
                }
            }
        }
        return List.copyOf(gradients.values());
    }

    private List<LoraGradient> compare(NDManager scope, List<Part> parts) {
        if (parts.size() == 1) {
            Part part = parts.get(0);
            part.trainer().attach();
            return List.of(part.step().compare(part.context(), part.comparison()));
        }
        if (parts.size() <= mostTogether) {
            try {
                return compareTogether(scope, parts);
            } catch (TorchException e) {
                if (!e.isOutOfMemory()) {
                    throw e;
                }
                torch.emptyCache();
                mostTogether = (parts.size() + 1) / 2;
            }
        }
        int half = (parts.size() + 1) / 2;
        List<LoraGradient> results = new ArrayList<>(compare(scope, parts.subList(0, half)));
        results.addAll(compare(scope, parts.subList(half, parts.size())));
        return results;
    }

    private List<LoraGradient> compareTogether(NDManager scope, List<Part> parts) {
        LoraParameters.attachTogether(
                parts.stream().map(part -> part.trainer().lora()).toList(), unet, scope);
        List<LoraGradient> results;
        boolean isAgain;
        do {
            results = call(scope, parts);
            isAgain = false;
            for (int i = 0; i < parts.size(); i++) {
                isAgain |= parts.get(i).step().shrinkScaleIfTooLarge(results.get(i));
            }
        } while (isAgain);
        for (int i = 0; i < parts.size(); i++) {
            parts.get(i).step().finish(parts.get(i).context(), results.get(i));
        }
        return results;
    }

    private List<LoraGradient> call(NDManager scope, List<Part> parts) {
        List<Comparison> comparisons = parts.stream().map(Part::comparison).toList();
        List<Conditioning> conditionings =
                comparisons.stream().map(Comparison::conditioning).toList();
        return unet.loraGradients(
                scope,
                concat(comparisons.stream().map(Comparison::goal).toList()),
                parts.stream()
                        .mapToDouble(part -> part.step().lossScale().factor())
                        .toArray(),
                concatNumbers(comparisons.stream().map(Comparison::weights).toList()),
                concat(comparisons.stream().map(Comparison::latents).toList()),
                concatNumbers(comparisons.stream().map(Comparison::timesteps).toList()),
                new Conditioning(
                        concat(conditionings.stream().map(Conditioning::context).toList()),
                        concatOptional(
                                conditionings.stream().map(Conditioning::pooled).toArray(NDArray[]::new)),
                        concatOptional(conditionings.stream()
                                .map(Conditioning::timeIds)
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
