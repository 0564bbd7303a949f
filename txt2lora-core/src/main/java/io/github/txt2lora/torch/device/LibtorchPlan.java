package io.github.txt2lora.torch.device;

import java.util.Map;
import java.util.Optional;

/**
 * Which PyTorch DJL is going to load, and what has to be done for that.
 *
 * @param version its version
 * @param flavor DJL's name of the build: {@code cpu}, or for example {@code cu128}
 * @param settings system properties to set before DJL loads
 * @param unpack a PyTorch on the class path that DJL itself would pass over
 */
public record LibtorchPlan(
        String version, String flavor, Map<String, String> settings, Optional<BundledLibtorch> unpack) {

    static final String CPU = "cpu";

    /** Copies the settings. */
    public LibtorchPlan {
        settings = Map.copyOf(settings);
    }

    /** A plan that leaves everything to DJL. */
    static LibtorchPlan untouched(String version, String flavor) {
        return new LibtorchPlan(version, flavor, Map.of(), Optional.empty());
    }

    LibtorchPlan with(Map<String, String> properties) {
        return new LibtorchPlan(version, flavor, properties, unpack);
    }

    LibtorchPlan unpacking(BundledLibtorch bundled) {
        return new LibtorchPlan(version, flavor, settings, Optional.of(bundled));
    }

    /** Whether the build is for GPUs. */
    public boolean isCuda() {
        return flavor.startsWith("cu");
    }

    @Override
    public String toString() {
        return "PyTorch " + version + " (" + flavor + ")";
    }
}
