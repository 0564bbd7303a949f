package io.github.txt2lora.benchmarks.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The engine's own tests that compare networks, images and training steps with recordings of the reference. */
final class ParityWork implements StageWork {

    /** Those that compute on the device. */
    private static final String TESTS = ".*\\.(UNet|Vae|TextEncoder|Pipeline|Leco)ParityTest";

    @Override
    public Verdict run(AcceptanceOptions options, Path folder) {
        if (!Files.isDirectory(options.tests())) {
            return new Verdict(false, "no compiled tests in " + options.tests() + "; run test-compile first");
        }
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClasspathRoots(Set.of(options.tests())))
                .filters(ClassNameFilter.includeClassNamePatterns(TESTS))
                .build();
        var listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        String failed = summary.getFailures().stream()
                .map(failure -> failure.getTestIdentifier().getDisplayName() + ": "
                        + String.valueOf(failure.getException().getMessage())
                                .lines()
                                .findFirst()
                                .orElse(""))
                .limit(3)
                .collect(Collectors.joining("; "));
        return Verdict.of(
                summary.getTotalFailureCount() == 0 && summary.getTestsSucceededCount() > 0,
                "%d comparisons agree, %d do not, %d were skipped%s",
                summary.getTestsSucceededCount(),
                summary.getTotalFailureCount(),
                summary.getTestsSkippedCount() + summary.getTestsAbortedCount(),
                failed.isEmpty() ? "" : ": " + failed);
    }
}
