package io.github.txt2lora.proof;

import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.torch.NativeUse;
import io.github.txt2lora.torch.Torch;
import java.util.OptionalLong;

/** Checks that iterations leave nothing behind. */
final class SteadyMemory {

    private static final int ITERATIONS = 50;

    /** Until libtorch has what it keeps for all later iterations. */
    private static final int ITERATIONS_BEFORE = 5;

    /** What the JVM and other programs take meanwhile. A single kept set of activations an iteration is ten times that. */
    private static final long ALLOWED_GROWTH = 64L << 20;

    private static final String REMEDY =
            "Report this with the output of the check; restart long runs from time to time until it is mended.";

    private SteadyMemory() {}

    static void run(Torch device, SmallModel model, Findings findings) {
        run(device, model, findings, ITERATIONS_BEFORE, ITERATIONS);
    }

    static void run(Torch device, SmallModel model, Findings findings, int before, int iterations) {
        findings.attempt("memory", REMEDY, () -> {
            try (var training = new TrialTraining(device, model)) {
                repeat(training, before);
                NativeUse useBefore = device.nativeUse();
                OptionalLong usedBefore = UsedMemory.now(device);
                repeat(training, iterations);
                long kept = device.nativeUse().bytes() - useBefore.bytes();
                findings.add(DeviceFinding.measurement(
                        "tensors kept by " + iterations + " iterations",
                        kept + " bytes",
                        "0 bytes",
                        kept <= 0 && device.nativeUse().arrays() <= useBefore.arrays(),
                        REMEDY));
                OptionalLong usedAfter = UsedMemory.now(device);
                if (usedBefore.isPresent() && usedAfter.isPresent()) {
                    findings.add(growth(usedAfter.getAsLong() - usedBefore.getAsLong(), iterations));
                }
            }
        });
    }

    private static DeviceFinding growth(long growth, int iterations) {
        return DeviceFinding.measurement(
                "growth of memory in " + iterations + " iterations",
                growth <= 0 ? "none" : ByteSize.text(growth),
                "at most " + ByteSize.text(ALLOWED_GROWTH),
                growth <= ALLOWED_GROWTH,
                REMEDY);
    }

    private static void repeat(TrialTraining training, int iterations) {
        for (int i = 0; i < iterations; i++) {
            training.next();
        }
    }
}
