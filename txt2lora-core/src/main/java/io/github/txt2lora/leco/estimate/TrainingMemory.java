package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Memory;
import io.github.txt2lora.MemoryFit;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.diffusion.MemoryUse;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.leco.latents.LatentDraw;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The memory that a training takes at the most, and how its samples go through the network so that it fits: the
 * denoiser's weights; the LoRA with its gradient and optimizer; what a call of the network holds, by the shapes of the
 * network ({@link io.github.txt2lora.diffusion.NetworkMemory}); and what libtorch takes for itself. Text encoders are
 * gone before the denoiser computes.
 */
public final class TrainingMemory {

    private static final List<Integer> CARDS_IN_GIBIBYTES = List.of(4, 6, 8, 12, 16, 24);

    /** Of the teacher's calls: a trajectory's images, or a guided prompt and its goal's parts, at one time. */
    private static final int PREDICTED_PER_IMAGE = 4;

    /** All networks have images whose sides are multiples of this. */
    private static final int SIDE_STEP = 64;

    private final MemoryNeed need;
    private final MemoryPlanner planner;
    private final Memory setting;
    private final DeviceSize device;
    private final PromptPair largest;
    private final Precision precision;
    private final Set<Integer> resolutions;
    private final MemoryPlanner.Choice choice;

    private TrainingMemory(
            MemoryNeed need,
            List<Integer> usualResolutions,
            TrainingSpec spec,
            List<PromptPair> prompts,
            int together,
            int models,
            Memory setting,
            DeviceSize device) {
        prompts.forEach(pair -> LatentDraw.requireDrawable(pair, need.latents()));
        this.need = need;
        this.setting = setting;
        this.device = device;
        this.precision = spec.modelUse().precision();
        this.largest = prompts.stream()
                .max(Comparator.comparingDouble(TrainingMemory::pixels))
                .orElseThrow();
        int compared = (int) Math.ceil(MethodWork.of(spec, prompts).comparedSamples()) * largest.batchSize();
        this.planner = new MemoryPlanner(
                need,
                Math.max(1, Math.multiplyExact(compared, together)),
                PREDICTED_PER_IMAGE * largest.batchSize(),
                together,
                models);
        this.resolutions = new LinkedHashSet<>(usualResolutions);
        resolutions.add(side(largest));
        this.choice = planner.choose(setting, device, precision, ImageSize.of(largest));
    }

    private static double pixels(PromptPair pair) {
        return (double) pair.height() * pair.width() * pair.batchSize();
    }

    /** The side of square images that take as much memory. */
    private static int side(PromptPair pair) {
        return pair.height() == pair.width()
                ? pair.height()
                : (int) Math.ceil(Math.sqrt((double) pair.height() * pair.width()) / SIDE_STEP) * SIDE_STEP;
    }

    /**
     * Estimates and chooses.
     *
     * @param profile of the model's family
     * @param prompts one or more
     * @param together LoRAs that are trained at the same time, 1 or more
     * @param models base models that take turns, 1 or more
     * @param setting the trade of time for memory
     * @param device on which it is trained
     * @throws InvalidSettingException if a batch is more than an array can hold, or a setting does not fit the model
     */
    public static TrainingMemory of(
            FamilyProfile profile,
            Checkpoint model,
            TrainingSpec spec,
            List<PromptPair> prompts,
            int together,
            int models,
            Memory setting,
            DeviceSize device) {
        return of(
                MemoryNeed.of(profile, model, spec.chosenFor(prompts)),
                profile.usualResolutions(),
                spec,
                prompts,
                together,
                models,
                setting,
                device);
    }

    static TrainingMemory of(
            MemoryNeed need,
            List<Integer> usualResolutions,
            TrainingSpec spec,
            List<PromptPair> prompts,
            int together,
            int models,
            Memory setting,
            DeviceSize device) {
        return new TrainingMemory(need, usualResolutions, spec, prompts, together, models, setting, device);
    }

    /** Bytes at the most at one time. */
    public long bytes() {
        return choice.bytes();
    }

    /** The way that was chosen; where none fits, the one that saves most. */
    public MemoryPlan plan() {
        return choice.plan();
    }

    /** The way, as the network takes it. */
    public MemoryUse use() {
        MemoryPlan plan = plan();
        boolean isWhole = plan.samplesAtOnce() == plan.samples() && !plan.recomputed();
        MemoryUse use = isWhole ? MemoryUse.FASTEST : new MemoryUse(plan.samplesAtOnce(), plan.recomputed());
        return setting == Memory.AUTO ? use.recomputingWhenShort() : use;
    }

    /** Why the samples do not all go at once, or models are not all in memory, with the choice; empty where they are. */
    public Optional<String> reason() {
        if (plan().samplesAtOnce() == plan().samples() && !plan().recomputed() && !plan().oneModelAtATime()) {
            return Optional.empty();
        }
        String why = setting == Memory.SAVE
                ? "as memory SAVE asks"
                : "since "
                        + (device.available().isPresent()
                                ? ByteSize.text(device.available().getAsLong()) + " of memory"
                                : "memory")
                        + " would not hold more";
        return Optional.of("samples of a step go through the network " + plan().inWords() + ", " + why);
    }

    /** Whether text encoders have no room beside a denoiser that is kept from a training before. */
    public boolean encodesAlone() {
        return !device.fits((long) need.bytesToEncodeBeside(precision, plan().oneModelAtATime() ? 1 : planner.models())
                + device.baseBytes());
    }

    /** The same training on this device and cards of common sizes, in all precisions and at the usual resolutions. */
    public List<MemoryFit> fits() {
        List<DeviceSize> devices = new ArrayList<>();
        if (device.available().isPresent()) {
            devices.add(device);
        }
        CARDS_IN_GIBIBYTES.forEach(size -> devices.add(DeviceSize.card(size)));
        List<MemoryFit> fits = new ArrayList<>();
        for (Precision each : Precision.values()) {
            for (int resolution : resolutions.stream().sorted().toList()) {
                devices.forEach(size -> fits.add(fit(size, each, resolution)));
            }
        }
        return fits;
    }

    private MemoryFit fit(DeviceSize size, Precision wanted, int resolution) {
        MemoryPlanner.Choice best = planner.choose(setting, size, wanted, ImageSize.square(resolution));
        return new MemoryFit(
                size.name(),
                size.available().orElseThrow(),
                wanted,
                resolution,
                best.bytes(),
                best.fits() ? Optional.of(best.plan()) : Optional.empty());
    }

    /**
     * A warning if the device has less memory. A system that runs out of memory becomes very slow, or ends the process.
     *
     * @return a sentence that says what takes the memory; empty where it fits, or the system does not tell what it has
     */
    public Optional<String> shortage() {
        if (choice.fits()) {
            return Optional.empty();
        }
        return Optional.of("the training takes about " + ByteSize.text(bytes()) + " of memory at resolution "
                + LatentDraw.pixels(largest) + " and batch size " + largest.batchSize()
                + (planner.together() > 1 ? " with " + planner.together() + " LoRAs together" : "")
                + (planner.models() > 1 && !plan().oneModelAtATime() ? " on " + planner.models() + " models" : "")
                + ", and "
                + (device.isCuda() ? device.name() + " has " : "this machine has ")
                + ByteSize.text(device.available().orElseThrow())
                + (device.isCuda() ? " free" : "") + "; lower the resolution or the rank"
                + (precision == Precision.FP32 ? ", or set precision BF16" : "")
                + (setting == Memory.SPEED ? ", or memory AUTO" : ""));
    }

    /**
     * Checks that it fits into the device's memory.
     *
     * @throws InvalidSettingException if it does not
     */
    public void requireFits() {
        shortage().ifPresent(shortage -> {
            throw new InvalidSettingException(shortage);
        });
    }
}
