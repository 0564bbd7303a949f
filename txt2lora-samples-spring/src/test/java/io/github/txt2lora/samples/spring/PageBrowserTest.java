package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/**
 * The page of the service in a real Chromium, with trainings of the demo checkpoint. Each test goes on where the one
 * before left the page, as a user would; {@code target/screenshots} shows what it looks like.
 */
@Tag("browser")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageBrowserTest {

    private static final String MAID = "short hair,maid uniform,frilled skirt,maid headdress,black hair,cat ears";

    @TempDir
    private static Path folder;

    @TempDir
    private static Path downloads;

    private ServiceProcess service;
    private Browser browser;

    @BeforeAll
    void open() throws IOException {
        browser = Browser.open(downloads, Path.of("txt2lora-samples-spring/target/screenshots"));
        browser.show(1280, false);
        service = ServiceProcess.start(
                folder, "--txt2lora.token=horse", "--txt2lora.preview-every=20", "--txt2lora.preview-share=1");
    }

    @AfterAll
    void close() {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    private void type(String selector, String text) {
        WebElement field = browser.find(selector);
        field.clear();
        field.sendKeys(text);
    }

    private void assertLooksRight() throws IOException {
        assertThat(browser.brokenImages()).isEmpty();
        assertThat(browser.nameless()).isEmpty();
        assertThat(browser.excessWidth()).isZero();
        assertThat(browser.textsOfLowContrast()).isEmpty();
    }

    @Test
    @Order(1)
    void the_access_token_is_asked_for_and_kept() throws IOException {
        browser.visit(service.client().service().toString());
        browser.waitFor("#token-dialog[open]", 1);
        browser.screenshot("token");
        assertLooksRight();

        browser.find("#token-form input").sendKeys("horse", Keys.ENTER);
        browser.waitUntil(page -> browser.find("#model").getText().contains("chibi"));
        browser.waitFor("#queue-empty", 1);
    }

    @Test
    @Order(2)
    void a_user_of_the_keyboard_sees_what_words_draw_and_trains_them() throws IOException {
        browser.find("#words-form [name=name]").sendKeys("krnkmd", Keys.TAB);
        assertThat(browser.focused()).isEqualTo("neutral");
        browser.find("#words-form [name=neutral]").sendKeys(Keys.TAB);
        assertThat(browser.focused()).isEqualTo("look");
        browser.find("#words-form [name=look]").sendKeys(MAID);
        browser.find("#draw-words").sendKeys(Keys.ENTER);
        browser.waitFor("#words-pictures img", 4);
        assertLooksRight();

        browser.find("#words-form summary").sendKeys(Keys.ENTER);
        browser.find("#words-form [name=iterations]").sendKeys("60", Keys.ENTER);
        browser.waitForMessage("is in the queue");
        browser.waitFor("#queue .chart circle", 1);
        browser.waitFor("#queue .previews img", 4);
        assertLooksRight();
        browser.screenshot("training-1280-light");
    }

    @Test
    @Order(3)
    void buttons_pause_a_training_and_cancel_one_that_waits() throws IOException {
        type("#words-form [name=name]", "tyankmk");
        type("#words-form [name=look]", "japanese miko clothes,white kimono,red hakama,brown hair,cat ears");
        browser.find("#words-form [type=submit]").click();
        browser.waitFor("#queue .job", 2);
        WebElement waiting =
                browser.waitFor("article[aria-label='training of tyankmk']", 1).get(0);
        assertThat(waiting.getText()).contains("waits");

        WebElement running = browser.find("article[aria-label='training of krnkmd']");
        running.findElement(By.xpath(".//button[.='Pause']")).click();
        browser.waitUntil(page -> running.getText().contains("paused:"));
        running.findElement(By.xpath(".//button[.='Resume']")).click();
        browser.waitUntil(page -> running.getText().contains("trains:"));

        waiting.findElement(By.xpath(".//button[.='Cancel']")).click();
        browser.accept();
        browser.waitUntil(page -> page.findElements(By.cssSelector("article[aria-label='training of tyankmk']"))
                .isEmpty());
    }

    @Test
    @Order(4)
    void the_finished_lora_is_in_the_gallery_found_by_a_search_and_downloaded() throws IOException {
        browser.waitFor("#gallery img", 1);
        type("#search-form input", "tyankmk");
        browser.waitUntil(page -> browser.find("#gallery").getText().contains("No LoRA has these words"));
        type("#search-form input", "cat maid");
        browser.waitFor("#gallery [aria-label='Download krnkmd']", 1).get(0).click();
        browser.waitForMessage("is downloaded");

        Path file = downloads.resolve("krnkmd.safetensors");
        browser.waitUntil(page -> Files.exists(file) ? file : null);
        assertThat(file).hasSameBinaryContentAs(folder.resolve("lora/krnkmd.safetensors"));
    }

    @Test
    @Order(5)
    void an_upload_that_is_no_lora_is_refused_with_a_sentence_and_a_lora_is_taken_in() throws IOException {
        Path text = Files.writeString(folder.resolve("text.safetensors"), "no LoRA");
        Path lora = Files.copy(downloads.resolve("krnkmd.safetensors"), folder.resolve("second.safetensors"));
        browser.find("#loras summary").click();
        browser.find("#upload-form [name=file]").sendKeys(text.toString());
        browser.find("#upload-form button").click();
        browser.waitForMessage("the file is not a safetensors file");

        browser.find("#upload-form [name=name]").clear();
        browser.find("#upload-form [name=file]").sendKeys(lora.toString());
        browser.find("#upload-form button").click();
        browser.waitForMessage("second is uploaded");
        type("#search-form input", "second");
        browser.waitFor("#gallery [aria-label='Download second']", 1);
        browser.find("#search-form input").sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE);
        browser.waitFor("#gallery img", 2);
    }

    @Test
    @Order(6)
    void it_is_drawn_by_weight_in_places_and_beside_another() throws IOException {
        browser.find("#gallery [aria-label='Compare krnkmd']").click();
        browser.waitFor("#compare-pictures img", 9);
        new Select(browser.find("#together-form [name=left]")).selectByValue("krnkmd");
        new Select(browser.find("#together-form [name=right]")).selectByValue("second");
        browser.find("#together-form button").click();
        browser.waitFor("#together-pictures img", 4);

        assertThat(browser.find("#compare-pictures").getText())
                .contains("without the LoRA", "half of it", "the whole LoRA", "kitchen", "shinto shrine");
    }

    @Test
    @Order(7)
    void the_page_fits_wide_and_narrow_windows_in_light_and_dark() throws IOException {
        browser.find("#ended summary").click();
        browser.waitFor("#ended-list button", 2).get(1).click();
        browser.waitFor("#ended-list .chart", 1);
        for (int width : List.of(400, 1280)) {
            for (boolean isDark : List.of(false, true)) {
                browser.show(width, isDark);
                assertLooksRight();
                browser.screenshot("page-" + width + (isDark ? "-dark" : "-light"));
            }
        }
    }
}
