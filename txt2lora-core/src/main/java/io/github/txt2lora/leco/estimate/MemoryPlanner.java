package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.Memory;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses how the samples of a step go through the network: the fastest way that fits.
 *
 * @param need sizes of model and LoRA
 * @param compared samples that go through the network with a gradient in a step, for all LoRAs together
 * @param predicted samples of the largest call without a gradient
 * @param together LoRAs that are trained at the same time
 * @param models base models that take turns
 */
record MemoryPlanner(MemoryNeed need, int compared, int predicted, int together, int models) {

    /** A way, and what it takes. */
    record Choice(MemoryPlan plan, long bytes, boolean fits) {}

    /** The first way that fits; the last one, which saves most, if none does. */
    Choice choose(Memory memory, DeviceSize device, Precision precision, ImageSize size) {
        List<Choice> choices = new ArrayList<>();
        for (MemoryPlan plan : ways(memory)) {
            long bytes = bytes(plan, device, precision, size);
            choices.add(new Choice(plan, bytes, device.fits(bytes)));
        }
        return choices.stream().filter(Choice::fits).findFirst().orElse(choices.get(choices.size() - 1));
    }

    /** To load a model for each of its turns takes less time than to compute parts of all calls twice. */
    private List<MemoryPlan> ways(Memory memory) {
        boolean several = models > 1;
        List<MemoryPlan> ways = new ArrayList<>();
        if (memory == Memory.SAVE) {
            ways.add(new MemoryPlan(compared, 1, true, several));
            return ways;
        }
        addHalves(ways, false, false);
        if (several) {
            addHalves(ways, false, true);
        }
        if (memory == Memory.AUTO) {
            addHalves(ways, true, several);
        }
        return ways;
    }

    private void addHalves(List<MemoryPlan> ways, boolean recomputed, boolean oneModelAtATime) {
        int atOnce = compared;
        ways.add(new MemoryPlan(compared, atOnce, recomputed, oneModelAtATime));
        while (atOnce > 1) {
            atOnce = (atOnce + 1) / 2;
            ways.add(new MemoryPlan(compared, atOnce, recomputed, oneModelAtATime));
        }
    }

    private long bytes(MemoryPlan plan, DeviceSize device, Precision precision, ImageSize size) {
        boolean isWhole = plan.samplesAtOnce() == compared && !plan.recomputed();
        return (long) need.bytes(
                        new MemoryNeed.Call(
                                precision,
                                size,
                                plan.samplesAtOnce(),
                                plan.recomputed(),
                                plan.oneModelAtATime() ? 1 : models),
                        isWhole ? predicted : Math.min(predicted, plan.samplesAtOnce()),
                        together)
                + (device.isCuda() ? 0 : (long) need.hostBytes(together))
                + device.baseBytes();
    }
}
