package io.github.txt2lora.torch;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;

/**
 * The device of all tests: that of the system property {@code txt2lora.device}, which tests in a JVM of their own get
 * too, else a GPU where there is one. On one thread, on which tiny models are fastest, and with the same bytes each
 * time.
 */
public final class TestTorch {

    /** The system property that names the device. */
    public static final String DEVICE = "txt2lora.device";

    private TestTorch() {}

    public static Torch start() {
        return Torch.start(options().build());
    }

    /** The options of an engine. */
    public static EngineOptions.Builder options() {
        return EngineOptions.builder().device(device()).threads(1).deterministic(true);
    }

    public static Device device() {
        return Device.parse(System.getProperty(DEVICE, "auto"));
    }
}
