package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** The Chromium of this machine, and what every page has to be in it. */
final class Chromium implements AutoCloseable {

    private static final Path BROWSER = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    /** Of WCAG 2.2, level AA, for text of usual size. */
    private static final double LEAST_CONTRAST = 4.5;

    /** The least contrast of a text with what is behind it, and the text. */
    private static final String CONTRAST = """
            const rgb = text => text.match(/[\\d.]+/g).map(Number);
            const light = c => { const [r, g, b] = c.slice(0, 3).map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const behind = e => { for (; e; e = e.parentElement) {
                const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c; }
              return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255]; };
            let worst = [21, ''];
            for (const e of document.querySelectorAll('body *')) {
              const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
              if (!text || e.tagName === 'SCRIPT' || e.tagName === 'NOSCRIPT') continue;
              const [a, b] = [light(rgb(getComputedStyle(e).color)), light(behind(e))];
              const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
              if (contrast < worst[0]) worst = [contrast, text];
            }
            return worst;
            """;

    private final ChromeDriver driver;

    private Chromium(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Starts it; a test without it is skipped. */
    static Chromium start(Path profile) {
        assumeTrue(
                Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
                "skipped: this machine has no " + BROWSER + " and " + DRIVER);
        var options = new ChromeOptions();
        options.setBinary(BROWSER.toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + profile);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        return new Chromium(new ChromeDriver(service, options));
    }

    void open(Path page) {
        driver.get(page.toUri().toString());
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** The text of the page as it is shown. */
    String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    /** Waits until a script returns true; it may be run in a page that is about to be left. */
    void await(String condition) {
        new WebDriverWait(driver, Duration.ofSeconds(30))
                .ignoring(JavascriptException.class)
                .until(browser -> Boolean.TRUE.equals(driver.executeScript("return " + condition)));
    }

    /** Waits for something outside of the browser. */
    void await(BooleanSupplier condition) {
        new WebDriverWait(driver, Duration.ofSeconds(30)).until(browser -> condition.getAsBoolean());
    }

    /** What the page has to be at any width, by day and by night; keeps what it looks like. */
    void requireReadable(Path screenshots, String name) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(400, 1280)) {
                look(scheme, width);
                String at = name + " at " + width + " pixels, " + scheme;
                assertThat((Long) run("return document.documentElement.scrollWidth"))
                        .as("width of " + at)
                        .isLessThanOrEqualTo(width);
                assertThat(run("return document.querySelectorAll('h1').length")).isEqualTo(1L);
                assertThat(run("return [...document.images].filter(i => !i.alt).length"))
                        .as("images without a text in " + at)
                        .isEqualTo(0L);
                run("[...document.images].forEach(i => i.loading = 'eager')");
                await("[...document.images].every(i => i.complete)");
                assertThat(run("return [...document.images].filter(i => !i.naturalWidth).map(i => i.src)"))
                        .as("images that are not shown in " + at)
                        .isEqualTo(List.of());
                List<?> worst = (List<?>) run(CONTRAST);
                assertThat(((Number) worst.get(0)).doubleValue())
                        .as("contrast of \"" + worst.get(1) + "\" in " + at)
                        .isGreaterThanOrEqualTo(LEAST_CONTRAST);
                Files.createDirectories(screenshots);
                Files.write(
                        screenshots.resolve(name + "-" + width + "-" + scheme + ".png"),
                        driver.getScreenshotAs(OutputType.BYTES));
            }
        }
        assertThat(driver.manage().logs().get(LogType.BROWSER).getAll())
                .filteredOn(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .isEmpty();
    }

    private void look(String scheme, int width) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 1600, "deviceScaleFactor", 1, "mobile", false));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
