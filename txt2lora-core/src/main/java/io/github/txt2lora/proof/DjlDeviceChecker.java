package io.github.txt2lora.proof;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Precision;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.engine.DjlTrainingEngineProvider;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.ops.DeviceCheck;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.DeviceReport;
import io.github.txt2lora.ops.TrainingCost;
import io.github.txt2lora.spi.DeviceChecker;
import io.github.txt2lora.text.ClipTokenizer;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Compares a device of DJL's PyTorch with the CPU. */
public final class DjlDeviceChecker implements DeviceChecker {

    private final Families families;

    /** Called by the ServiceLoader. */
    public DjlDeviceChecker() {
        this(Families.standard());
    }

    /** A checker with models of some families. */
    DjlDeviceChecker(Families families) {
        this.families = families;
    }

    @Override
    public DeviceReport check(DeviceCheck check, Consumer<? super DeviceFinding> listener) {
        var findings = new Findings(listener);
        List<TrainingCost> costs = new ArrayList<>();
        Optional<Torch> started = start(check.options(), findings);
        if (started.isEmpty()) {
            return new DeviceReport(check.options().device(), findings.all(), costs);
        }
        Device device;
        try (Torch torch = started.get()) {
            device = torch.isCuda() ? Device.cuda(torch.device().getDeviceId()) : Device.cpu();
            DeviceFacts.memory(torch.gpuMemory()).ifPresent(findings::add);
            compare(check, torch, findings);
        }
        if (!check.trainings().isEmpty()) {
            measure(check.options(), check.trainings(), findings, costs);
        }
        return new DeviceReport(device, findings.all(), costs);
    }

    /** Empty if the device cannot be used. */
    private static Optional<Torch> start(EngineOptions options, Findings findings) {
        try {
            // TF32 is less exact on purpose
            Torch torch = Torch.start(options.toBuilder().allowTf32(false).build());
            DeviceFacts.of(Torch.gpus()).forEach(findings::add);
            if (options.device().kind() == Device.Kind.AUTO && !torch.isCuda()) {
                DeviceFacts.unusedGpu(Torch.gpus()).ifPresent(findings::add);
            }
            findings.add(DeviceFacts.used(torch));
            return Optional.of(torch);
        } catch (InvalidSettingException e) {
            DeviceFacts.of(Torch.gpus()).forEach(findings::add);
            findings.add(DeviceFinding.failure(
                    "device",
                    String.valueOf(e.getMessage()),
                    "Mend what the message names, and run the check again, or use device cpu."));
            return Optional.empty();
        } catch (Txt2LoraException e) {
            findings.add(DeviceFinding.failure(
                    "PyTorch",
                    String.valueOf(e.getMessage()),
                    "Mend what the message names, and run the check again."));
            return Optional.empty();
        }
    }

    private void compare(DeviceCheck check, Torch device, Findings findings) {
        try (Checkpoint checkpoint = families.open(check.model());
                Torch cpu = Torch.start(reference(device))) {
            var model = new SmallModel(families.of(checkpoint), checkpoint, ClipTokenizer.load());
            var networks = new NetworkComparison(cpu, model);
            for (Precision precision : Precision.values()) {
                networks.run(device, precision, findings);
            }
            boolean mustBeEqual = !device.isCuda() || check.options().deterministic();
            new StepComparison(cpu, device, model, mustBeEqual).run(findings);
            SteadyMemory.run(device, model, findings);
        }
    }

    /** The CPU; on another number of threads than the device where that is the CPU too. */
    private static EngineOptions reference(Torch device) {
        EngineOptions.Builder cpu = EngineOptions.builder().device(Device.cpu());
        return device.isCuda()
                ? cpu.build()
                : cpu.threads(device.threads() == 1 ? 2 : 1).build();
    }

    private static void measure(
            EngineOptions options, List<LoraTraining> trainings, Findings findings, List<TrainingCost> costs) {
        try (Torch torch = Torch.start(options);
                TrainingEngine engine = new DjlTrainingEngineProvider().create(options)) {
            var trial = new TrainingTrial(engine, () -> UsedMemory.peak(torch));
            trainings.forEach(training -> trial.run(training, findings, costs));
        } catch (Txt2LoraException e) {
            findings.add(DeviceFinding.failure("trainings", String.valueOf(e.getMessage()), Limits.REMEDY));
        }
    }
}
