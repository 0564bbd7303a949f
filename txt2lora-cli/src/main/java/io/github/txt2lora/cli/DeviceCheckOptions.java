package io.github.txt2lora.cli;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.Precision;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of the check of a device. */
final class DeviceCheckOptions {

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            converter = DeviceConverter.class,
            description = "Check this device: auto, cpu, cuda, cuda:1 and so on. A CPU is compared with itself on"
                    + " another number of threads. The comparisons are made without TF32.")
    private @Nullable Device device;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private ComputingOptions computing;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            converter = ModelSourceConverter.class,
            description = "Also measure a training on this base model with the default settings: a .safetensors file or"
                    + " a folder in diffusers' layout.")
    private @Nullable ModelSource model;

    @Option(
            names = "--resolution",
            paramLabel = "PIXELS",
            defaultValue = "512",
            description = "Width and height of the images of that training. Default: ${DEFAULT-VALUE}.")
    private int resolution;

    @Option(
            names = "--precision",
            defaultValue = "FP32",
            description = "Precision of that model: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Precision precision;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Whether a device is to be checked. */
    boolean isGiven() {
        return device != null;
    }

    /** Options that would have no effect are mistakes. */
    void rejectWithoutDevice(CommonOptions common) {
        List<String> options = new ArrayList<>(List.of("--model", "--resolution", "--precision"));
        options.addAll(ComputingOptions.OF_COMPUTATION);
        for (String option : options) {
            if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw common.misuse(option + " is for the check of a device; expected --device too, for example"
                        + " --device auto");
            }
        }
    }

    /** The options of the engine, on any device if none is given. */
    EngineOptions engine() {
        return computing.on(device == null ? Device.auto() : device, spec);
    }

    /** The training on the model that is given, if one is. */
    List<LoraTraining> trainings(CommonOptions common) {
        if (model == null) {
            for (String option : List.of("--resolution", "--precision")) {
                if (spec.commandLine().getParseResult().hasMatchedOption(option)) {
                    throw common.misuse(option + " is for the model that is measured; expected --model too");
                }
            }
            return List.of();
        }
        try {
            return List.of(LoraTraining.builder()
                    .name("lora")
                    .model(model)
                    .prompt(PromptPair.enhance("krnkmd")
                            .positive("short hair, maid uniform, cat ears")
                            .neutral("1girl")
                            .resolution(resolution)
                            .build())
                    .spec(TrainingSpec.builder()
                            .modelUse(use -> use.withPrecision(precision))
                            .build())
                    .output(Path.of("."))
                    .build());
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }
}
