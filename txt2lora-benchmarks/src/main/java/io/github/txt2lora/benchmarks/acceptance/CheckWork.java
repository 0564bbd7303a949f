package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.ops.DeviceCheck;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.DeviceReport;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** The check that users run. */
final class CheckWork implements StageWork {

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) {
        DeviceReport report = DeviceCheck.builder()
                .model(DemoCheckpoint.copyTo(folder))
                .options(options.engine().build())
                .build()
                .run(finding -> System.err.println(
                        (finding.passed() ? "ok " : "FAILED ") + finding.check() + ": " + finding.measured()));
        String failed = report.failures().stream()
                .map(finding -> finding.check() + ": " + finding.measured())
                .collect(Collectors.joining("; "));
        return Verdict.of(
                report.passed(),
                "%d checks%s; %s",
                report.findings().size(),
                failed.isEmpty() ? "" : ", failed: " + failed,
                sameBytes(report));
    }

    private static String sameBytes(DeviceReport report) {
        return report.findings().stream()
                .filter(finding -> finding.check().equals("two equal trainings"))
                .map(DeviceFinding::measured)
                .map(measured -> "two equal trainings: " + measured)
                .findFirst()
                .orElse("nothing was trained");
    }
}
