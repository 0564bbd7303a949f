package io.github.txt2lora.ops;

import io.github.txt2lora.Device;
import io.github.txt2lora.internal.Check;
import java.util.List;

/**
 * The result of a {@link DeviceCheck}.
 *
 * @param device the device that was checked; {@code auto} only if none could be used
 * @param findings the result of each check, in the order in which they ran
 * @param costs the measured cost of each training that fits
 */
public record DeviceReport(Device device, List<DeviceFinding> findings, List<TrainingCost> costs) {

    /** Copies the lists. */
    public DeviceReport {
        Check.given("device", device);
        findings = List.copyOf(findings);
        costs = List.copyOf(costs);
    }

    /** Whether all checks passed. */
    public boolean passed() {
        return failures().isEmpty();
    }

    /** The checks that failed. */
    public List<DeviceFinding> failures() {
        return findings.stream().filter(finding -> !finding.passed()).toList();
    }
}
