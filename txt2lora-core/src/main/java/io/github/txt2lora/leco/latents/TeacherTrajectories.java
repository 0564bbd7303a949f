package io.github.txt2lora.leco.latents;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.diffusion.Guidance;
import io.github.txt2lora.diffusion.GuidedDenoiser;
import io.github.txt2lora.diffusion.GuidedDenoiser.StepHook;
import io.github.txt2lora.diffusion.NoiseProcess;
import io.github.txt2lora.diffusion.NoiseSource;
import io.github.txt2lora.diffusion.Scheduler;
import io.github.txt2lora.leco.cache.LatentCache;
import io.github.txt2lora.leco.lesson.TeacherTarget;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Trajectories of the base model with a goal as its conditional prediction, see {@link LatentSource.Trajectories}. They
 * come in groups that are always sampled together, since other batches would differ in their last bits.
 */
public final class TeacherTrajectories {

    static final int TOGETHER = 4;

    /** Images are guided away from the empty prompt, whatever a pair compares its positive prompt with. */
    static final String UNCONDITIONAL = "";

    private static final double LORA_OFF = 0;

    private final DenoisingModel model;
    private final TeacherTarget goal;
    private final PromptPair pair;
    private final LatentSource.Trajectories spec;
    private final long seed;
    private final List<Place> places;
    private final Map<Integer, PictureSize> sizes = new HashMap<>();

    /** A state: a step of a trajectory. */
    private record Place(int group, int member, int step) {}

    /** What a state holds beside its latents: the prediction to reach, or that for the unconditional prompt. */
    enum Prediction {
        GOAL,
        UNCONDITIONAL
    }

    /**
     * Trajectories that are sampled when they are first needed.
     *
     * @param goal for the conditional prediction
     * @param pair whose resolution and crops hold
     * @param range of timesteps whose states count
     * @param seed of the first group; the next ones follow
     * @throws InvalidSettingException if no state is in the range
     */
    public TeacherTrajectories(
            DenoisingModel model,
            TeacherTarget goal,
            PromptPair pair,
            LatentSource.Trajectories spec,
            TimestepRange range,
            long seed) {
        this.model = model;
        this.goal = goal;
        this.pair = pair.toBuilder().batchSize(TOGETHER).build();
        this.spec = spec;
        this.seed = seed;
        this.places = places(range);
    }

    private List<Place> places(TimestepRange range) {
        List<Place> found = new ArrayList<>();
        for (int trajectory = 0; trajectory < spec.count(); trajectory++) {
            double[] timesteps = scheduler(trajectory / TOGETHER).timesteps();
            for (int step = 0; step < spec.steps(); step++) {
                if (range.contains(timesteps[step])) {
                    found.add(new Place(trajectory / TOGETHER, trajectory % TOGETHER, step));
                }
            }
        }
        if (found.isEmpty()) {
            throw new InvalidSettingException("timesteps are " + range.minimum() + " to " + range.maximum()
                    + ", but trajectories of " + spec.steps()
                    + " steps stop at none of them; expected a wider range or more steps");
        }
        return found;
    }

    /** Each group ends at another timestep, so that together they stop everywhere. */
    private Scheduler scheduler(int group) {
        int last = (int) new TorchGenerator(seed + group).randint(1, NoiseProcess.TRAINING_TIMESTEPS / spec.steps());
        return model.noiseProcess().downTo(last, spec.steps());
    }

    /**
     * A batch of random states with a prediction of each as the goal.
     *
     * @param isOfOneSize whether states of all groups can be in one batch
     */
    NoisyBatch batch(StepContext context, int samples, boolean isOfOneSize, Prediction prediction) {
        int part = prediction == Prediction.GOAL ? 1 : 2;
        return batch(context, samples, isOfOneSize, (drawn, length) -> array(context, drawn, length, part));
    }

    /** As {@link #batch(StepContext, int, boolean, Prediction)}, with another goal at these latents. */
    NoisyBatch batch(StepContext context, int samples, boolean isOfOneSize, TeacherTarget target) {
        return batch(context, samples, isOfOneSize, (drawn, length) -> {
            Map<String, NDArray> predictions = new LinkedHashMap<>();
            target.weights()
                    .keySet()
                    .forEach(prompt -> predictions.put(prompt, predicted(context, drawn, length, prompt)));
            return target.goal(predictions, array(context, drawn, length, 0));
        });
    }

    /** What the base model predicts for a prompt; what sampling has predicted is known. */
    private NDArray predicted(StepContext context, List<Place> drawn, int length, String prompt) {
        if (goal.weights().equals(Map.of(prompt, 1.0))) {
            return array(context, drawn, length, 1);
        } else if (prompt.equals(UNCONDITIONAL)) {
            return array(context, drawn, length, 2);
        }
        float[] values = new float[drawn.size() * length];
        for (int i = 0; i < drawn.size(); i++) {
            Place place = drawn.get(i);
            float[] together = predictedTogether(place, length, prompt);
            System.arraycopy(together, place.member() * length, values, i * length, length);
        }
        return LatentDraw.array(
                context.scope(),
                values,
                size(drawn.get(0).group()),
                model.denoiser().latents());
    }

    private float[] predictedTogether(Place place, int length, String prompt) {
        String set = "predictions for " + LatentCache.quoted(prompt) + " on " + key();
        int number = place.group() * spec.steps() + place.step();
        return model.cache().get(set, number, TOGETHER * length, () -> {
            try (NDManager scope = model.torch().newScope()) {
                NoisyBatch batch = step(scope, place.group(), place.step());
                return HostNumbers.floats(model.denoiser()
                        .predict(
                                scope,
                                batch.latents(),
                                batch.timesteps(),
                                model.embeddings().batch(scope, List.of(prompt), TOGETHER, batch.size()),
                                LORA_OFF));
            }
        });
    }

    /** The goal at some places, of latents of so many numbers. */
    @FunctionalInterface
    private interface GoalAt {
        NDArray of(List<Place> drawn, int length);
    }

    private NoisyBatch batch(StepContext context, int samples, boolean isOfOneSize, GoalAt goalAt) {
        Place first = draw(context.generator(), places);
        List<Place> others = isOfOneSize
                ? places
                : places.stream()
                        .filter(place -> place.group() == first.group())
                        .toList();
        List<Place> chosen = new ArrayList<>(List.of(first));
        while (chosen.size() < samples) {
            chosen.add(draw(context.generator(), others));
        }
        PictureSize size = size(first.group());
        int length = length(size);
        double[] timesteps = new double[samples];
        for (int i = 0; i < samples; i++) {
            Place place = chosen.get(i);
            timesteps[i] = states(place.group(), length)[at(place, length) + stateLength(length) - 1];
        }
        return new NoisyBatch(array(context, chosen, length, 0), timesteps, size, null, goalAt.of(chosen, length));
    }

    /** Parts of states: their latents, 0, the goal, 1, or the unconditional prediction, 2. */
    private NDArray array(StepContext context, List<Place> drawn, int length, int part) {
        float[] values = new float[drawn.size() * length];
        for (int i = 0; i < drawn.size(); i++) {
            Place place = drawn.get(i);
            int from = at(place, length) + part * length;
            System.arraycopy(states(place.group(), length), from, values, i * length, length);
        }
        return LatentDraw.array(
                context.scope(),
                values,
                size(drawn.get(0).group()),
                model.denoiser().latents());
    }

    /** Where a state begins among those of its group. */
    private static int at(Place place, int length) {
        return (place.step() * TOGETHER + place.member()) * stateLength(length);
    }

    /**
     * A step of the first group, always the same for the same number.
     *
     * @param step 0, at the noise, to the number of steps - 1
     */
    public NoisyBatch step(NDManager scope, int step) {
        return step(scope, 0, step);
    }

    private NoisyBatch step(NDManager scope, int group, int step) {
        PictureSize size = size(group);
        int length = length(size);
        float[] states = states(group, length);
        float[] latents = new float[TOGETHER * length];
        float[] goals = new float[TOGETHER * length];
        double[] timesteps = new double[TOGETHER];
        for (int member = 0; member < TOGETHER; member++) {
            int at = (step * TOGETHER + member) * stateLength(length);
            System.arraycopy(states, at, latents, member * length, length);
            System.arraycopy(states, at + length, goals, member * length, length);
            timesteps[member] = states[at + stateLength(length) - 1];
        }
        return new NoisyBatch(
                LatentDraw.array(scope, latents, size, model.denoiser().latents()),
                timesteps,
                size,
                new NoisyBatch.Origin(key(), group * spec.steps() + step),
                LatentDraw.array(scope, goals, size, model.denoiser().latents()));
    }

    /** The timestep of a step of the first group. */
    public double timestep(int step) {
        return scheduler(0).timesteps()[step];
    }

    /** Mean squared distance of the goal from the base model's prediction for a prompt, at a step of the first group. */
    double distance(int step, String prompt) {
        int length = length(size(0));
        float[] states = states(0, length);
        double sum = 0;
        for (int member = 0; member < TOGETHER; member++) {
            Place place = new Place(0, member, step);
            int goal = at(place, length) + length;
            boolean isUnconditional = prompt.equals(UNCONDITIONAL);
            float[] predicted = isUnconditional ? states : predictedTogether(place, length, prompt);
            int prediction = isUnconditional ? goal + length : member * length;
            for (int i = 0; i < length; i++) {
                double difference = (double) states[goal + i] - predicted[prediction + i];
                sum += difference * difference;
            }
        }
        return sum / (TOGETHER * (double) length);
    }

    private static Place draw(TorchGenerator generator, List<Place> places) {
        return places.get((int) generator.randint(0, places.size()));
    }

    private int length(PictureSize size) {
        return Math.toIntExact(model.denoiser().latents().size(size.height(), size.width()));
    }

    /** Latents, goal and unconditional prediction, and the timestep. */
    private static int stateLength(int length) {
        return 3 * length + 1;
    }

    private float[] states(int group, int length) {
        return model.cache()
                .get(key(), group, spec.steps() * TOGETHER * stateLength(length), () -> sample(group, length));
    }

    private PictureSize size(int group) {
        return sizes.computeIfAbsent(group, number -> noise(number).size());
    }

    private LatentDraw noise(int group) {
        return LatentDraw.next(
                new TorchGenerator(seed + group),
                pair,
                model.denoiser().latents(),
                model.embeddings().takePictureSize());
    }

    /** All that the states depend on. */
    private String key() {
        String sum = new TreeMap<>(goal.weights())
                .entrySet().stream()
                        .map(term -> term.getValue() + " " + LatentCache.quoted(term.getKey()))
                        .collect(Collectors.joining(" + "));
        return "trajectories to " + sum + " without " + LatentCache.quoted(UNCONDITIONAL) + "/"
                + LatentDraw.pixels(pair) + " pixels" + (pair.dynamicResolution() ? " at most" : "")
                + (pair.dynamicCrops() ? " cropped" : "") + "/" + spec.steps() + " steps/guidance "
                + spec.guidanceScale() + "/seed " + seed + "/" + model.noiseProcess() + "/" + model.identity();
    }

    private float[] sample(int group, int length) {
        float[] states = new float[spec.steps() * TOGETHER * stateLength(length)];
        Scheduler scheduler = scheduler(group);
        LatentDraw noise = noise(group);
        try (NDManager scope = model.torch().newScope()) {
            NDArray initial = noise.latents(scope).mul((float) scheduler.initNoiseSigma());
            var recorder = new Recorder(states, length, noise.size());
            new GuidedDenoiser(scheduler, recorder, NoiseSource.NONE, StepHook.NONE).run(scope, spec.steps(), initial);
        }
        return states;
    }

    /** Guides by the goal, and writes down what it sees. */
    private final class Recorder implements Guidance {

        private final float[] states;
        private final int length;
        private final PictureSize size;
        private int step;

        Recorder(float[] states, int length, PictureSize size) {
            this.states = states;
            this.length = length;
            this.size = size;
        }

        @Override
        public NDArray predict(NDManager scope, NDArray input, double timestep) {
            Set<String> prompts = new LinkedHashSet<>(goal.weights().keySet());
            prompts.add(UNCONDITIONAL);
            Map<String, NDArray> predictions = new LinkedHashMap<>();
            // one after the other, since all at once would take more memory than a step of the training
            prompts.forEach(prompt -> predictions.put(
                    prompt,
                    model.denoiser()
                            .predict(
                                    scope,
                                    input,
                                    timestep,
                                    model.embeddings().batch(scope, List.of(prompt), TOGETHER, size),
                                    LORA_OFF)));
            NDArray conditional = goal.goal(predictions, input);
            NDArray unconditional = Objects.requireNonNull(predictions.get(UNCONDITIONAL));
            record(timestep, HostNumbers.floats(input), HostNumbers.floats(conditional), unconditional);
            step++;
            return Guidance.guided(
                    unconditional,
                    unconditional,
                    conditional,
                    difference -> difference.mul((float) spec.guidanceScale()));
        }

        private void record(double timestep, float[] latents, float[] conditional, NDArray without) {
            float[] unconditional = HostNumbers.floats(without);
            for (int member = 0; member < TOGETHER; member++) {
                int at = (step * TOGETHER + member) * stateLength(length);
                System.arraycopy(latents, member * length, states, at, length);
                System.arraycopy(conditional, member * length, states, at + length, length);
                System.arraycopy(unconditional, member * length, states, at + 2 * length, length);
                states[at + 3 * length] = (float) timestep;
            }
        }
    }
}
