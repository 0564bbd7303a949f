package io.github.txt2lora.leco;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.diffusion.Denoiser;
import io.github.txt2lora.diffusion.Denoiser.LoraGradient;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the iterations of one LoRA, or of several of one layout over the same networks: each draws its own lesson and
 * latents, and then all on one network whose latents are of one shape, with the LoRA at one strength, are compared in
 * one call. Each has its own optimizer and random stream, so its result is that of training alone, up to rounding. Where
 * memory does not suffice, fewer go through the network at once, and stay so.
 */
public final class TrainerGroup {

    private final Torch torch;
    private int mostTogether;

    /** A group of trainers, all of them in one call. */
    public TrainerGroup(Torch torch) {
        this(torch, Integer.MAX_VALUE);
    }

    /**
     * A group of trainers.
     *
     * @param mostTogether LoRAs in one call, 1 or more
     */
    public TrainerGroup(Torch torch, int mostTogether) {
        this.torch = torch;
        this.mostTogether = mostTogether;
    }

    /** An iteration of one LoRA. */
    private static final class Share {

        private final LecoTrainer trainer;
        private final long[] generatorBefore;
        private final List<LoraGradient> gradients = new ArrayList<>();
        private long work;

        Share(LecoTrainer trainer) {
            this.trainer = trainer;
            this.generatorBefore = trainer.generator().state();
        }

        /** Makes all as if the iteration had not begun, as long as the LoRA has not changed. */
        void undo() {
            trainer.generator().restore(generatorBefore);
        }

        TrainingFailedException failure(TorchException e) {
            return new TrainingFailedException(
                    "iteration " + (trainer.iteration() + 1) + " failed: " + e.getMessage(), e);
        }

        Outcome end(NDManager scope) {
            try {
                return trainer.end(scope, gradients, work);
            } catch (TrainingFailedException e) {
                return new Outcome.Failed(e, work);
            } catch (TorchException e) {
                undo();
                return new Outcome.Failed(failure(e), work);
            } catch (RuntimeException | Error e) {
                undo();
                return new Outcome.Failed(e, work);
            }
        }
    }

    /** What comparisons in one call have in common. */
    private record Call(Denoiser denoiser, Shape latents, double loraStrength) {}

    /** The comparison of one LoRA in one call. */
    private record Part(Share share, StepContext context, Comparison comparison) {

        Call call() {
            return new Call(step().denoiser(), comparison.latents().getShape(), comparison.loraStrength());
        }

        LecoTrainer trainer() {
            return share.trainer;
        }

        LecoStep step() {
            return trainer().step();
        }
    }

    /**
     * Runs one iteration of each trainer: as many comparisons as gradients are accumulated, and one change of the
     * parameters by their mean. What the check of {@link Torch#checkingCalls} throws ends it, and everything is as it
     * was before it, random streams included.
     *
     * @param trainers over the same networks, whose iterations have the same number of comparisons
     * @return what became of each trainer's iteration, in order
     * @throws TrainingFailedException if libtorch fails before any LoRA has changed
     */
    public List<Outcome> next(List<LecoTrainer> trainers) {
        return next(trainers, StepObserver.NONE);
    }

    /** As {@link #next(List)}, with an observer of all steps. */
    public List<Outcome> next(List<LecoTrainer> trainers, StepObserver observer) {
        trainers.forEach(LecoTrainer::takeSnapshot);
        List<Share> shares = trainers.stream().map(Share::new).toList();
        try (NDManager scope = torch.newScope()) {
            compareAll(scope, shares, observer);
            return shares.stream().map(share -> share.end(scope)).toList();
        } catch (TorchException e) {
            shares.forEach(Share::undo);
            throw shares.size() == 1
                    ? shares.get(0).failure(e)
                    : new TrainingFailedException("an iteration of several LoRAs failed: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            shares.forEach(Share::undo);
            throw e;
        }
    }

    /** Makes all comparisons of each trainer. */
    private void compareAll(NDManager scope, List<Share> shares, StepObserver observer) {
        int comparisons = shares.get(0).trainer.comparisons();
        for (int i = 0; i < comparisons; i++) {
            Map<Call, List<Part>> byCall = new LinkedHashMap<>();
            for (Share share : shares) {
                Part part =
                        counted(share.trainer.step().denoiser(), List.of(share), () -> prepare(scope, share, observer));
                byCall.computeIfAbsent(part.call(), call -> new ArrayList<>()).add(part);
            }
            byCall.forEach((call, parts) -> compare(scope, call.denoiser(), parts));
        }
    }

    private static Part prepare(NDManager scope, Share share, StepObserver observer) {
        LecoTrainer trainer = share.trainer;
        var context = new StepContext(scope, trainer.generator(), observer);
        trainer.attach(); // rollouts use it
        return new Part(share, context, trainer.step().prepare(context));
    }

    /** Adds what the network does meanwhile to the work of those it is done for, in equal parts. */
    private static <T> T counted(Denoiser denoiser, List<Share> shares, Supplier<T> task) {
        long before = denoiser.work();
        T result = task.get();
        long each = (denoiser.work() - before) / shares.size();
        shares.forEach(share -> share.work += each);
        return result;
    }

    private void compare(NDManager scope, Denoiser denoiser, List<Part> parts) {
        if (parts.size() <= mostTogether) {
            try {
                List<Share> shares = parts.stream().map(Part::share).toList();
                List<LoraGradient> gradients = counted(
                        denoiser,
                        shares,
                        () -> parts.size() == 1 ? compareAlone(parts.get(0)) : compareTogether(scope, denoiser, parts));
                for (int i = 0; i < parts.size(); i++) {
                    shares.get(i).gradients.add(gradients.get(i));
                }
                return;
            } catch (TorchException e) {
                if (!e.isOutOfMemory() || parts.size() == 1) {
                    throw e;
                }
                torch.emptyCache();
                mostTogether = (parts.size() + 1) / 2;
            }
        }
        int half = (parts.size() + 1) / 2;
        compare(scope, denoiser, parts.subList(0, half));
        compare(scope, denoiser, parts.subList(half, parts.size()));
    }

    private static List<LoraGradient> compareAlone(Part part) {
        part.trainer().attach();
        return List.of(part.step().compare(part.context(), part.comparison()));
    }

    private static List<LoraGradient> compareTogether(NDManager scope, Denoiser denoiser, List<Part> parts) {
        LoraParameters.attachTogether(
                parts.stream().map(part -> part.trainer().lora()).toList(), denoiser, scope);
        List<LoraGradient> results;
        boolean isAgain;
        do {
            results = call(scope, denoiser, parts);
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

    private static List<LoraGradient> call(NDManager scope, Denoiser denoiser, List<Part> parts) {
        List<Comparison> comparisons = parts.stream().map(Part::comparison).toList();
        List<Conditioning> conditionings =
                comparisons.stream().map(Comparison::conditioning).toList();
        return denoiser.loraGradients(
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
                                .toArray(NDArray[]::new))),
                comparisons.get(0).loraStrength());
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
