package io.github.txt2lora.spi;

import io.github.txt2lora.ops.DeviceCheck;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.DeviceReport;
import java.util.function.Consumer;

/** Checks devices; found by {@link java.util.ServiceLoader}. */
public interface DeviceChecker {

    /**
     * Runs a check, as {@link DeviceCheck#run(Consumer)} says.
     *
     * @param listener receives each finding at once, on the calling thread
     */
    DeviceReport check(DeviceCheck check, Consumer<? super DeviceFinding> listener);
}
