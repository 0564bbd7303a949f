package io.github.txt2lora.samples.spring;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real Chromium without a window, driven by Selenium. */
final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** The least contrast of texts, of WCAG 2.1, level AA. */
    private static final String LOW_CONTRAST = """
            const channel = (v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
            const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
            const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
            const behind = (node) => {
              for (let e = node; e; e = e.parentElement) {
                const color = numbers(getComputedStyle(e).backgroundColor);
                if (color.length === 3 || color[3] > 0.99) return color;
              }
              return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
            };
            return [...document.querySelectorAll('body *')]
              .filter((e) => e.checkVisibility() && !e.disabled && !e.closest('svg, select')
                && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
              .map((e) => {
                const [a, b] = [luminance(numbers(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
                return [(a + 0.05) / (b + 0.05), e.tagName + ': ' + e.textContent.trim().slice(0, 40)];
              })
              .filter(([contrast]) => contrast < 4.5)
              .map(([contrast, text]) => contrast.toFixed(2) + ' ' + text);
            """;

    private static final String NAMELESS = """
            const isNamed = (e) => e.labels?.length > 0 || e.ariaLabel || e.textContent.trim() || e.alt;
            return [...document.querySelectorAll('input, select, textarea, button, a, img, progress')]
              .filter((e) => e.checkVisibility() && !isNamed(e))
              .map((e) => e.outerHTML.slice(0, 80));
            """;

    private final ChromeDriver driver;
    private final Path screenshots;

    private Browser(ChromeDriver driver, Path screenshots) {
        this.driver = driver;
        this.screenshots = screenshots;
    }

    /** Opens one, or skips the test where there is no Chromium. */
    static Browser open(Path downloads, Path screenshots) throws IOException {
        assumeTrue(
                Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER),
                "skipped: " + CHROMIUM + " or " + DRIVER + " is not there; install Debian's packages chromium and"
                        + " chromium-driver");
        Files.createDirectories(screenshots);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments(List.of("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"));
        options.setExperimentalOption("prefs", Map.of("download.default_directory", downloads.toString()));
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options), screenshots);
    }

    void visit(String address) {
        driver.get(address);
    }

    void show(int width, boolean isDark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
    }

    WebElement find(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Waits until as many elements are there as expected, or more. */
    List<WebElement> waitFor(String selector, int count) {
        return waitUntil(open -> {
            List<WebElement> found = open.findElements(By.cssSelector(selector));
            return found.size() >= count ? found : null;
        });
    }

    <T> T waitUntil(ExpectedCondition<T> condition) {
        return new WebDriverWait(driver, LONGEST).until(condition);
    }

    /** Waits until the page says something. */
    void waitForMessage(String text) {
        waitUntil(open -> open.findElement(By.id("message")).getText().contains(text));
    }

    /** The text of what has the focus, or the name of a field. */
    String focused() {
        return String.valueOf(
                driver.executeScript("const e = document.activeElement; return e.name || e.textContent.trim();"));
    }

    /** Selectors' images whose bytes did not arrive. */
    @SuppressWarnings("unchecked")
    List<String> brokenImages() {
        return (List<String>) driver.executeScript(
                "return [...document.images].filter((e) => e.complete && e.naturalWidth === 0).map((e) => e.alt);");
    }

    @SuppressWarnings("unchecked")
    List<String> textsOfLowContrast() {
        return (List<String>) driver.executeScript(LOW_CONTRAST);
    }

    @SuppressWarnings("unchecked")
    List<String> nameless() {
        return (List<String>) driver.executeScript(NAMELESS);
    }

    /** Pixels by which the page is wider than its window. */
    long excessWidth() {
        return (Long)
                driver.executeScript("const e = document.scrollingElement; return e.scrollWidth - e.clientWidth;");
    }

    /** The whole page as a picture, for people to look at. */
    void screenshot(String name) throws IOException {
        long height = (Long) driver.executeScript("return document.scrollingElement.scrollHeight;");
        long width = (Long) driver.executeScript("return window.innerWidth;");
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        Files.write(screenshots.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    /** Answers the question that the page asks. */
    void accept() {
        driver.switchTo().alert().accept();
    }

    @Override
    public void close() {
        driver.quit();
    }
}
