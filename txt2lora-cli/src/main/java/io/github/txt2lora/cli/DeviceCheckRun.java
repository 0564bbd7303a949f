package io.github.txt2lora.cli;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.internal.file.TemporaryFolder;
import io.github.txt2lora.ops.DeviceCheck;
import io.github.txt2lora.ops.DeviceFinding;
import io.github.txt2lora.ops.DeviceReport;
import io.github.txt2lora.ops.TrainingCost;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Checks a device on the demo checkpoint, and prints the result. */
record DeviceCheckRun(Output output) {

    private static final int PASSED_WIDTH = 6;

    DeviceReport run(EngineOptions options, List<LoraTraining> trainings) {
        try (TemporaryFolder folder = TemporaryFolder.create("txt2lora-check")) {
            DeviceCheck.Builder check = DeviceCheck.builder()
                    .model(DemoCheckpoint.copyTo(folder.path()))
                    .options(options);
            trainings.forEach(check::training);
            DeviceReport report = run(check.build());
            output.result(json(report), text(report));
            return report;
        }
    }

    private DeviceReport run(DeviceCheck check) {
        try (Progress progress = output.progress("device check")) {
            var done = new AtomicInteger();
            return check.run(finding ->
                    progress.at(done.incrementAndGet(), Progress.UNKNOWN, finding.check(), Optional.empty()));
        }
    }

    private static JsonLine json(DeviceReport report) {
        return JsonLine.result()
                .put("passed", report.passed())
                .put("device", report.device().toString())
                .putParts(
                        "checks",
                        report.findings().stream().map(DeviceCheckRun::json).toList())
                .putParts(
                        "trainings",
                        report.costs().stream().map(DeviceCheckRun::json).toList());
    }

    private static JsonLine json(DeviceFinding finding) {
        return JsonLine.part()
                .put("check", finding.check())
                .put("measured", finding.measured())
                .put("allowed", finding.allowed())
                .put("passed", finding.passed())
                .put("remedy", finding.remedy());
    }

    private static JsonLine json(TrainingCost cost) {
        JsonLine part = JsonLine.part()
                .put("name", cost.training())
                .put("resolution", Math.max(cost.height(), cost.width()))
                .put("batchSize", cost.batchSize())
                .put("secondsPerIteration", cost.secondsPerIteration())
                .put("trainingSeconds", cost.duration().toSeconds());
        return cost.peakBytes().isPresent()
                ? part.put("peakBytes", cost.peakBytes().getAsLong())
                : part.put("peakBytes", (String) null);
    }

    private static String text(DeviceReport report) {
        int width = report.findings().stream()
                .mapToInt(finding -> finding.check().length())
                .max()
                .orElse(0);
        List<String> lines = new ArrayList<>();
        lines.add("Device " + report.device() + ":");
        for (DeviceFinding finding : report.findings()) {
            lines.add("  " + padded(finding.passed() ? "ok" : "FAILED", PASSED_WIDTH) + "  "
                    + padded(finding.check(), width) + "  " + finding.measured()
                    + finding.allowed().map(allowed -> " (" + allowed + ")").orElse(""));
            finding.remedy().ifPresent(remedy -> lines.add("          " + remedy));
        }
        int failed = report.failures().size();
        lines.add(failed == 0 ? "Passed" : failed + " of " + report.findings().size() + " checks failed");
        return String.join(System.lineSeparator(), lines);
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
