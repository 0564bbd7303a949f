package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.testing.VirtualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.bean.override.convention.TestBean;

/** LoRAs that are uploaded, listed, drawn with and downloaded, over real HTTP. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "txt2lora.limits.upload=2000B",
            "txt2lora.limits.loras=3",
            "txt2lora.limits.pictures=6",
            "txt2lora.preview-every=2"
        })
@DirtiesContext
class ServiceLorasTest {

    private static final VirtualClock CLOCK = VirtualClock.stopped();
    private static final byte[] LORA = SmallLora.calledBy("tyankmk");

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @TestBean
    @SuppressWarnings("UnusedVariable")
    private TrainingEngine engine;

    private ServiceClient client;

    static TrainingEngine engine() {
        TrainingScript script = TrainingScript.smooth().iterationTime(Duration.ofMinutes(1));
        return FakeTrainingEngine.builder()
                .clock(CLOCK)
                .script(script)
                .scriptFor("krnkmd", script.writesFiles(true))
                .build();
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("txt2lora.folder", folder::toString);
    }

    @BeforeEach
    void connect() {
        client = ServiceClient.of(port);
    }

    @AfterEach
    void clear() throws IOException {
        CLOCK.advance(Duration.ofHours(1));
        for (Path file : files("lora")) {
            Files.delete(file);
        }
    }

    private static List<Path> files(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.toList();
        }
    }

    private static void assertProblem(HttpResponse<String> response, int status, String sentence) {
        assertThat(response.body()).contains("\"detail\":\"" + sentence);
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    }

    @Test
    void an_uploaded_lora_is_found_by_its_words_and_comes_back_byte_by_byte() throws IOException, InterruptedException {
        HttpResponse<String> uploaded = client.put("/loras/miko%20%C3%A9", LORA);
        client.put("/loras/other", SmallLora.calledBy("krnkmd"));

        assertThat(uploaded.statusCode()).isEqualTo(201);
        assertThat(uploaded.headers().firstValue("Location")).contains("/loras/miko%20%C3%A9/file");
        assertThat(client.get("/loras").body()).contains("\"words\":\"tyankmk\"", "\"words\":\"krnkmd\"");
        assertThat(client.get("/loras?search=TYAN%20miko").body())
                .contains("\"name\":\"miko \u00e9\"")
                .doesNotContain("krnkmd");
        HttpResponse<byte[]> file = client.download("/loras/miko%20%C3%A9/file");
        assertThat(file.body()).isEqualTo(LORA);
        assertThat(file.headers().firstValue("Content-Disposition"))
                .hasValueSatisfying(
                        header -> assertThat(header).contains("filename*=UTF-8''miko%20%C3%A9.safetensors"));
        assertThat(files("upload")).isEmpty();
    }

    @Test
    void a_download_goes_on_where_it_broke_off_unless_the_file_is_another() throws IOException, InterruptedException {
        client.put("/loras/tyankmk", LORA);
        HttpResponse<byte[]> whole = client.download("/loras/tyankmk/file");
        String version = whole.headers().firstValue("ETag").orElseThrow();

        HttpResponse<byte[]> rest = client.download("/loras/tyankmk/file", "Range", "bytes=100-", "If-Range", version);
        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo(Arrays.copyOfRange(LORA, 100, LORA.length));
        assertThat(client.download("/loras/tyankmk/file", "Range", "bytes=100-", "If-Range", "\"old\"")
                        .body())
                .isEqualTo(LORA);
        assertThat(client.download("/loras/tyankmk/file", "If-None-Match", version)
                        .statusCode())
                .isEqualTo(304);
        assertThat(client.download("/loras/tyankmk/file", "Range", "bytes=99999-")
                        .statusCode())
                .isEqualTo(416);
    }

    @Test
    void what_is_no_lora_or_has_no_proper_name_is_not_taken_in() throws IOException, InterruptedException {
        byte[] text = "not a LoRA at all".getBytes(StandardCharsets.UTF_8);
        assertProblem(client.put("/loras/text", text), 422, "the file is not a safetensors file");
        assertProblem(client.put("/loras/cut", Arrays.copyOf(LORA, LORA.length - 1)), 422, "the file");
        assertProblem(client.put("/loras/empty", new byte[0]), 422, "the file");
        assertProblem(client.put("/loras/long", new byte[2001]), 413, "the file is too long; expected at most 2000");
        for (String name : List.of("..", "..%5Cx", "a%3Ab", "CON", "x.safetensors", "%20", "a%00b")) {
            HttpResponse<String> refused = client.put("/loras/" + name, LORA);
            assertThat(refused.statusCode()).as(name).isBetween(400, 405);
        }

        assertThat(client.get("/loras").body()).isEqualTo("[]");
        assertThat(files("lora")).isEmpty();
        assertThat(files("upload")).isEmpty();
    }

    @Test
    void a_lora_is_replaced_only_by_wish_and_never_while_it_is_written() throws IOException, InterruptedException {
        client.put("/loras/tyankmk", LORA);

        assertProblem(client.put("/loras/tyankmk", LORA), 409, "there is a LoRA tyankmk already; delete it first");
        String order = "{\"name\": \"tyankmk\", \"look\": \"white kimono\", \"iterations\": 2%s}";
        assertProblem(client.order(order.formatted("")), 409, "there is a LoRA tyankmk already; choose another name");
        assertThat(client.order(order.formatted(", \"replace\": true")).statusCode())
                .isEqualTo(201);
        assertProblem(client.order(order.formatted("")), 409, "training ");
        client.delete("/loras/tyankmk");
        assertProblem(client.put("/loras/tyankmk", LORA), 409, "a training writes the LoRA tyankmk");
    }

    @Test
    void there_are_no_more_loras_than_allowed_until_one_is_deleted() throws IOException, InterruptedException {
        for (String name : List.of("a", "b", "c")) {
            client.put("/loras/" + name, LORA);
        }

        assertProblem(client.put("/loras/d", LORA), 507, "3 LoRAs are stored, as many as there may be");
        assertProblem(client.order("{\"name\": \"d\", \"look\": \"maid\"}"), 507, "3 LoRAs are stored");
        assertThat(client.delete("/loras/b").statusCode()).isEqualTo(204);
        assertThat(client.put("/loras/d", LORA).statusCode()).isEqualTo(201);
        assertProblem(client.get("/loras/b/file"), 404, "there is no LoRA b; expected one of the list");
    }

    @Test
    void words_are_drawn_before_anything_is_trained() throws IOException, InterruptedException {
        HttpResponse<String> drawn = client.post(
                "/drawings/words", "{\"look\": \"maid\", \"places\": [\"kitchen\", \"forest\"], \"seeds\": [7]}");

        assertThat(drawn.body().lines().filter(line -> line.startsWith("event:")))
                .containsExactly(
                        "event:table",
                        "event:picture",
                        "event:picture",
                        "event:picture",
                        "event:picture",
                        "event:finished");
        assertThat(drawn.body())
                .contains("\"columns\":[\"kitchen\",\"forest\"]", "\"seed\":7", "data:image/png;base64,");
        assertThat(((FakeTrainingEngine) engine).requests())
                .extracting(request -> request.prompt())
                .contains("1girl, kitchen", "1girl, forest AND maid");
    }

    @Test
    void a_lora_is_drawn_with_by_weight_and_with_another_in_halves() throws IOException, InterruptedException {
        client.put("/loras/left", LORA);
        client.put("/loras/right", SmallLora.calledBy("krnkmd"));

        String compared = client.post(
                        "/drawings/comparison", "{\"lora\": \"left\", \"words\": \"tyankmk\", \"seeds\": [1]}")
                .body();
        String couple = client.post("/drawings/couple", "{\"left\": \"left\", \"right\": \"right\", \"seeds\": [1]}")
                .body();

        assertThat(compared).contains("half of it", "event:finished").containsOnlyOnce("\"row\":2");
        assertThat(couple).contains("with both", "event:finished").containsOnlyOnce("\"row\":1");
        assertThat(((FakeTrainingEngine) engine).requests())
                .anySatisfy(request -> {
                    assertThat(request.prompt()).isEqualTo("2girls AND 1girl,tyankmk AND 1girl,krnkmd");
                    assertThat(request.width()).isEqualTo(192);
                    assertThat(request.loras()).hasSize(2);
                })
                .anySatisfy(request -> assertThat(request.loras())
                        .extracting(lora -> lora.weight())
                        .containsExactly(0.5));
    }

    @Test
    void what_a_training_draws_on_its_way_can_be_seen() throws IOException, InterruptedException {
        String path = client.queue("krnkmd", 5);
        try (Stream<String> events = client.watch(path)) {
            CLOCK.advance(Duration.ofMinutes(5));
            assertThat(events.toList()).contains("event:finished");
        }

        assertThat(client.get(path + "/previews").body())
                .isEqualTo(("[{\"iteration\":2,\"pictures\":[\"P/2/0\",\"P/2/1\"]},"
                                + "{\"iteration\":4,\"pictures\":[\"P/4/0\",\"P/4/1\"]}]")
                        .replace("P", path + "/previews"));
        HttpResponse<byte[]> picture = client.download(path + "/previews/4/1");
        assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
        assertThat(ImageIO.read(new ByteArrayInputStream(picture.body())).getWidth())
                .isEqualTo(96);
        assertProblem(client.get(path + "/previews/3/0"), 404, "training ");
        assertProblem(client.get("/trainings/4711/previews"), 404, "there is no training 4711");
    }

    @Test
    void a_lora_has_a_picture_which_is_drawn_once() throws IOException, InterruptedException {
        client.put("/loras/miko", LORA);
        int before = ((FakeTrainingEngine) engine).requests().size();

        byte[] picture = client.download("/loras/miko/picture").body();

        assertThat(ImageIO.read(new ByteArrayInputStream(picture)).getWidth()).isEqualTo(96);
        assertThat(client.download("/loras/miko/picture").body()).isEqualTo(picture);
        assertThat(((FakeTrainingEngine) engine).requests()).hasSize(before + 1);
    }

    @Test
    void drawings_that_make_no_sense_are_refused_with_the_reason() throws IOException, InterruptedException {
        assertProblem(client.post("/drawings/words", "{}"), 400, "look is missing");
        assertProblem(
                client.post("/drawings/words", "{\"look\": \"a\", \"seeds\": [1, 2, 3, 4]}"),
                400,
                "the drawing has 8 pictures; expected at most 6");
        assertProblem(client.post("/drawings/words", "{\"look\": \"a\", \"seeds\": [null]}"), 400, "a place or seed");
        assertProblem(client.post("/drawings/comparison", "{}"), 400, "the name of a LoRA is missing");
        assertProblem(client.post("/drawings/comparison", "{\"lora\": \"none\"}"), 404, "there is no LoRA none");
        assertProblem(client.post("/drawings/comparison", "{\"lora\": \"../x\"}"), 400, "name is");
        assertProblem(client.post("/drawings/couple", "{\"left\": \"none\"}"), 404, "there is no LoRA none");
    }

    @Test
    void the_api_describes_itself() throws IOException, InterruptedException {
        assertThat(client.get("/v3/api-docs").body())
                .contains(
                        "\"/trainings/{id}/events\"",
                        "\"/loras/{name}/file\"",
                        "\"/drawings/words\"",
                        "bearer",
                        "queues a training");
    }
}
