package io.github.txt2lora.proof;

import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayList;
import java.util.List;

/** What is computed on, and with what. */
final class DeviceFacts {

    private DeviceFacts() {}

    static List<DeviceFinding> of(Torch torch) {
        List<DeviceFinding> facts = new ArrayList<>();
        facts.add(DeviceFinding.fact("device", torch.isCuda() ? torch.device().toString() : "cpu, " + torch.threads() + " threads"));
        facts.add(DeviceFinding.fact("PyTorch", torch.version()));
        return facts;
    }
}
