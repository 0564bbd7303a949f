package io.github.txt2lora.proof;

import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.torch.Torch;
import java.util.Arrays;

/** Compares the first iterations of a training on a device with those on the CPU, and with themselves. */
final class StepComparison {

    private static final int ITERATIONS = 3;

    private final Torch cpu;
    private final Torch device;
    private final SmallModel model;
    private final boolean mustBeEqual;

    /**
     * A comparison.
     *
     * @param mustBeEqual whether two runs have to give the same bytes
     */
    StepComparison(Torch cpu, Torch device, SmallModel model, boolean mustBeEqual) {
        this.cpu = cpu;
        this.device = device;
        this.model = model;
        this.mustBeEqual = mustBeEqual;
    }

    /** What a training came to. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Run(TrialTraining.Step[] steps, float[] parameters) {

        static Run on(Torch torch, SmallModel model) {
            try (var training = new TrialTraining(torch, model)) {
                var steps = new TrialTraining.Step[ITERATIONS];
                for (int i = 0; i < ITERATIONS; i++) {
                    steps[i] = training.next();
                }
                return new Run(steps, training.parameters());
            }
        }
    }

    void run(Findings findings) {
        findings.attempt("training", Limits.REMEDY, () -> {
            Run expected = Run.on(cpu, model);
            Run first = Run.on(device, model);
            for (int i = 0; i < ITERATIONS; i++) {
                TrialTraining.Step step = first.steps()[i];
                TrialTraining.Step reference = expected.steps()[i];
                String of = " of iteration " + (i + 1);
                findings.error(
                        "loss" + of, RelativeError.of(step.loss(), reference.loss()), Limits.FP32, Limits.REMEDY);
                findings.error(
                        "gradient" + of,
                        RelativeError.of(step.gradient(), reference.gradient()),
                        Limits.FP32,
                        Limits.REMEDY);
            }
            findings.add(sameBytes(first, Run.on(device, model)));
        });
    }

    private DeviceFinding sameBytes(Run first, Run second) {
        boolean equal = Arrays.equals(first.parameters(), second.parameters());
        String check = "two equal trainings";
        String measured = equal
                ? "the same bytes"
                : "different bytes, relative error " + RelativeError.of(second.parameters(), first.parameters());
        return mustBeEqual
                ? DeviceFinding.measurement(
                        check,
                        measured,
                        "required",
                        equal,
                        "Report this with the output of the check; the results are right, but cannot be repeated.")
                : DeviceFinding.fact(check, measured);
    }
}
