package io.github.txt2lora.cli;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of commands that compute with a model. */
@SuppressWarnings("NullAway.Init") // picocli sets them
final class EngineSettings {

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "auto",
            converter = DeviceConverter.class,
            description = "Device: auto, cpu, cuda, cuda:1 and so on. auto is the first usable GPU, otherwise the"
                    + " CPU. Default: ${DEFAULT-VALUE}.")
    private Device device;

    @Mixin
    private ComputingOptions computing;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** The options of the engine. */
    EngineOptions options() {
        return computing.on(device, spec);
    }
}
