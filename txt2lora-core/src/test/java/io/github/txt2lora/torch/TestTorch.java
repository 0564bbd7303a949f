package io.github.txt2lora.torch;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;

/** libtorch for tests: on the GPU where there is one, else on one thread, on which tiny models are fastest. */
public final class TestTorch {

    private TestTorch() {}

    public static Torch start() {
        return Torch.start(EngineOptions.builder()
                .device(Device.parse(System.getProperty("txt2lora.device", "auto")))
                .threads(1)
                .build());
    }
}
