package io.github.txt2lora.torch;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Txt2LoraException;

/** Prints which libtorch starts, or why none does. A program of its own, since a process loads libtorch once. */
final class StartedTorch {

    private StartedTorch() {}

    public static void main(String[] arguments) {
        EngineOptions options =
                EngineOptions.builder().device(Device.parse(arguments[0])).build();
        try (Torch torch = Torch.start(options)) {
            System.out.println("started " + torch.version());
        } catch (Txt2LoraException e) {
            System.out.println("refused " + e.getMessage());
        }
    }
}
