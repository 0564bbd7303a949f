package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.testing.VirtualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
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

/** The service over real HTTP with a fake engine, in which an iteration takes a minute of a clock that stands still. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SpringBootServiceTest {

    private static final VirtualClock CLOCK = VirtualClock.stopped();

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    /** Takes the place of the service's own; made by {@link #engine()}. */
    @TestBean
    @SuppressWarnings("UnusedVariable")
    private TrainingEngine engine;

    @TestBean
    @SuppressWarnings("UnusedVariable")
    private LoraOperations operations;

    private ServiceClient client;

    static LoraOperations operations() {
        return FakeLoraOperations.builder().build();
    }

    static TrainingEngine engine() {
        TrainingScript script = TrainingScript.smooth().iterationTime(Duration.ofMinutes(1));
        return FakeTrainingEngine.builder()
                .clock(CLOCK)
                .script(script)
                .scriptFor("nvnmmm", script.failAt(2, new TrainingFailedException("the loss is NaN")))
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
    void let_trainings_end() {
        CLOCK.advance(Duration.ofHours(1));
    }

    @Test
    void trainings_queue_for_the_engine() throws IOException, InterruptedException {
        String first = client.queue("krnkmd", 4);
        String second = client.queue("tyankmk", 4);

        CLOCK.advance(Duration.ofMinutes(1));
        assertThat(client.get(first).body())
                .contains("\"name\":\"krnkmd\"", "\"state\":\"RUNNING\"", "\"iteration\":1", "\"iterations\":4");
        assertThat(client.get(second).body()).contains("\"state\":\"QUEUED\"");

        CLOCK.advance(Duration.ofMinutes(7));
        assertThat(client.get(first).body()).contains("\"state\":\"FINISHED\"");
        assertThat(client.get(second).body()).contains("\"state\":\"FINISHED\"");
        assertThat(client.get("/trainings").body()).contains("krnkmd", "tyankmk");
        assertThat(client.get("/actuator/metrics/txt2lora.trainings").body()).contains("\"value\":0.0");
        assertThat(client.get("/actuator/metrics/txt2lora.waiting").statusCode())
                .isEqualTo(200);
        assertThat(client.get("/actuator/env").statusCode()).isEqualTo(404);
    }

    @Test
    void a_training_is_watched_from_the_queue_to_the_end() throws IOException, InterruptedException {
        String path = client.queue("gkrkgm", 2);

        try (Stream<String> events = client.watch(path)) {
            Iterator<String> lines = events.iterator();
            CLOCK.advance(Duration.ofMinutes(1));
            List<String> first = readTo(lines, "\"iteration\":1");
            assertThat(first).last().asString().contains("\"loss\":", "\"iterations\":2");
            assertThat(first.get(first.size() - 2)).isEqualTo("event:iteration");

            CLOCK.advance(Duration.ofMinutes(1));
            List<String> rest = readTo(lines, "gkrkgm.safetensors");
            assertThat(rest).endsWith("event:finished", "data:{\"file\":\"gkrkgm.safetensors\"}");
            assertThat(lines).isExhausted();
        }
    }

    /** The lines up to the one with a text; events that are replaced by newer ones do not come. */
    private static List<String> readTo(Iterator<String> lines, String text) {
        List<String> read = new ArrayList<>();
        do {
            read.add(lines.next());
        } while (!read.get(read.size() - 1).contains(text));
        return read;
    }

    @Test
    void who_comes_late_sees_how_it_ended() throws IOException, InterruptedException {
        String path = client.queue("nvnmmm", 4);
        CLOCK.advance(Duration.ofMinutes(4));

        try (Stream<String> events = client.watch(path)) {
            assertThat(events.toList()).containsExactly("event:failed", "data:{\"reason\":\"the loss is NaN\"}");
        }
    }

    @Test
    void queued_and_running_trainings_can_be_cancelled() throws IOException, InterruptedException {
        String running = client.queue("krnkkao", 10);
        String queued = client.queue("tyankmk", 10);
        CLOCK.advance(Duration.ofMinutes(3));

        try (Stream<String> events = client.watch(running)) {
            assertThat(client.delete(queued).statusCode()).isEqualTo(202);
            assertThat(client.delete(running).statusCode()).isEqualTo(202);
            CLOCK.advance(Duration.ZERO);

            assertThat(events.toList()).contains("event:cancelled");
        }
        assertThat(client.get(queued).body()).contains("\"state\":\"CANCELLED\"");
        assertThat(client.get(running).body()).contains("\"state\":\"CANCELLED\"", "\"iteration\":3");
    }

    @Test
    void an_order_that_makes_no_sense_is_refused_with_the_reason() throws IOException, InterruptedException {
        HttpResponse<String> response = client.order("{\"name\": \"../krnkmd\", \"look\": \"a\", \"iterations\": 1}");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("../krnkmd");
        for (String order : List.of("{}", "{", "[]", "{\"name\": \"a\", \"look\": \"b\", \"iterations\": 10001}")) {
            HttpResponse<String> refused = client.order(order);
            assertThat(refused.statusCode()).as(order).isEqualTo(400);
            assertThat(refused.headers().firstValue("Content-Type")).as(order).contains("application/problem+json");
        }
    }

    /** HTTP clients choose this header by themselves. */
    @Test
    void without_a_token_only_requests_for_this_machine_are_served() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write("GET /trainings HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403")
                    .contains("the service has no access token and is there for localhost alone");
        }
    }

    @Test
    void a_training_that_is_not_there_is_not_found() throws IOException, InterruptedException {
        assertThat(client.get("/trainings/4711").statusCode()).isEqualTo(404);
        assertThat(client.get("/trainings/4711/events").statusCode()).isEqualTo(404);
        assertThat(client.delete("/trainings/4711").statusCode()).isEqualTo(404);
    }
}
