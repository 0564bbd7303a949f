package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.event.ModelLoaded;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.VirtualClock;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report as a browser shows it, while the batch runs and afterwards. */
@Tag("browser")
class LiveReportBrowserTest {

    private static final Path SCREENSHOTS = Path.of("txt2lora-workspace/target/screenshots");

    private static final String SETTINGS = """
            model_name: tiny
            train_iterations: 20
            preview_every: 2
            preview_prompts: ["krnkmd, a long prompt that does not fit on a line of a narrow page at all", 1girl]
            preview_steps: 1
            stop_gap_below: 0.01
            stop_measured_every: 2
            """;

    @TempDir
    private Path folder;

    private final Semaphore begun = new Semaphore(0);

    @Test
    void is_readable_at_any_width_refreshes_itself_unless_somebody_reads_and_ends_with_the_batch() throws Exception {
        Workspace workspace = workspace();
        VirtualClock clock = VirtualClock.stopped();
        try (var engine = FakeTrainingEngine.builder()
                        .clock(clock)
                        .iterationTime(Duration.ofMinutes(1))
                        .losses(0.04, 0.03, 0.05, 0.02, 0.03, 0.01)
                        .gaps(0.9, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2)
                        .warnings("something to know about " + "a-word-without-a-place-to-break-".repeat(8))
                        .writesFiles(true)
                        .build();
                var operations = FakeLoraOperations.builder().build();
                var browser = Chromium.start(folder.resolve("profile"))) {
            var batch = new Batch(workspace, engine, operations);
            var running = new FutureTask<>(() -> batch.run(BatchOptions.everything(), new BatchListener() {
                @Override
                public void onTraining(String name, TrainingEvent event) {
                    if (event instanceof ModelLoaded) {
                        begun.release();
                    }
                }
            }));
            new Thread(running).start();
            // the first LoRA is finished, the second one is half trained, the third one waits
            begun.acquire();
            clock.advance(Duration.ofMinutes(20));
            begun.acquire();
            clock.advance(Duration.ofMinutes(10));
            Path page = folder.resolve("lora/report.html");
            browser.await(() -> contains(page, "10 of 20"));

            browser.open(page);
            assertThat(browser.text())
                    .contains(
                            "This batch is running: 1 of 3 done, 1 waiting",
                            "10 of 20",
                            "queued",
                            "seed 1, by iteration");
            browser.requireReadable(SCREENSHOTS, "live");
            refreshes(browser, clock);
            waitsForWhoReads(browser);

            clock.advance(Duration.ofHours(1));
            begun.acquire();
            clock.advance(Duration.ofHours(1));
            assertThat(running.get(1, TimeUnit.MINUTES).isComplete()).isTrue();
            browser.await("document.scripts.length === 0");
            assertThat(browser.text()).contains("3 of 3 finished").doesNotContain("Refresh");
            assertThat(browser.run("return document.querySelector('meta[http-equiv=refresh]')"))
                    .isNull();
            browser.requireReadable(SCREENSHOTS, "final");
        }
    }

    private static void refreshes(Chromium browser, VirtualClock clock) {
        browser.run("scrollTo(0, 200); window.mark = 'here'");
        clock.advance(Duration.ofMinutes(2));

        browser.await("!window.mark && document.body.innerText.includes('12 of 20')");
        assertThat(browser.run("return Math.round(scrollY)")).isEqualTo(200L);
    }

    private static void waitsForWhoReads(Chromium browser) {
        browser.run("document.querySelector('details').open = true; window.mark = Date.now()");
        browser.await("document.getElementById('note').innerText.includes('what is open is closed')");
        // a page that has loaded again has no mark
        browser.await("Date.now() - window.mark > " + 1200 * LiveReport.SECONDS);

        browser.run("document.querySelector('details').open = false");
        browser.await("!window.mark");
    }

    private static boolean contains(Path page, String text) {
        try {
            return Files.exists(page) && Files.readString(page).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Workspace workspace() throws IOException {
        Workspace workspace = Workspace.create(folder);
        Files.writeString(folder.resolve("model/tiny.safetensors"), "a model");
        for (String name : List.of("first", "second with ümläuts & signs #1", "third")) {
            Files.writeString(workspace.configFile(name), SETTINGS);
            Files.writeString(
                    workspace.promptsFolder().resolve(name + ".yaml"),
                    "- {target: krnkmd, positive: maid, action: enhance, resolution: 96}");
        }
        return workspace;
    }
}
