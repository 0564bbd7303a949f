package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.testing.VirtualClock;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
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

/** Requests that the service rejects, over real HTTP, with low limits. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "txt2lora.limits.trainings=2",
            "txt2lora.limits.ended=3",
            "txt2lora.limits.streams=2",
            "txt2lora.limits.body-bytes=500"
        })
@DirtiesContext
class ServiceLimitsTest {

    private static final VirtualClock CLOCK = VirtualClock.stopped();

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

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
        return FakeTrainingEngine.builder()
                .clock(CLOCK)
                .script(TrainingScript.smooth().iterationTime(Duration.ofMinutes(1)))
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

    private static void assertProblem(HttpResponse<String> response, int status, String sentence) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(response.body()).contains("\"status\":" + status, "\"detail\":\"" + sentence);
    }

    private static String order(String name, String look) {
        return "{\"name\": \"%s\", \"look\": \"%s\", \"iterations\": 4}".formatted(name, look);
    }

    @Test
    void a_full_queue_takes_no_more_until_a_training_has_ended() throws IOException, InterruptedException {
        client.queue("a", 4);
        String second = client.queue("b", 4);

        HttpResponse<String> refused = client.order(order("c", "maid"));
        assertProblem(refused, 429, "2 trainings are queued or run, as many as there may be; try again when one has");
        assertThat(refused.headers().firstValue("Retry-After")).contains("60");

        client.delete(second);
        assertThat(client.order(order("c", "maid")).statusCode()).isEqualTo(201);
    }

    @Test
    void a_body_that_is_too_long_is_refused_whether_it_tells_its_length_or_not()
            throws IOException, InterruptedException {
        String tooLong = order("a", "maid,".repeat(100));

        assertProblem(client.order(tooLong), 413, "the body of the request is too long; expected at most 500 bytes");
        assertProblem(
                client.orderInChunks(tooLong), 413, "the body of the request is too long; expected at most 500 bytes");
        assertThat(client.orderInChunks(order("a", "maid")).statusCode()).isEqualTo(201);
        assertThat(client.get("/trainings").body()).doesNotContain("maid,maid");
    }

    @Test
    void of_trainings_that_have_ended_the_last_are_kept() throws IOException, InterruptedException {
        String first = client.queue("first", 1);
        CLOCK.advance(Duration.ofMinutes(1));
        for (String name : List.of("b", "c", "d")) {
            client.queue(name, 1);
            CLOCK.advance(Duration.ofMinutes(1));
        }

        assertProblem(client.get(first), 404, "there is no training " + first.replaceAll(".*/", ""));
        assertProblem(client.get(first + "/events"), 404, "there is no training ");
        assertThat(client.get("/trainings").body())
                .contains("\"name\":\"b\"", "\"name\":\"d\"")
                .doesNotContain("first");
    }

    @Test
    void streams_of_events_are_limited_and_make_room_when_they_end() throws IOException, InterruptedException {
        String path = client.queue("a", 4);

        try (Stream<String> one = client.watch(path);
                Stream<String> two = client.watch(path)) {
            HttpResponse<String> refused = client.get(path + "/events");
            assertProblem(refused, 503, "2 streams of events are open, as many as there may be");
            assertThat(refused.headers().firstValue("Retry-After")).contains("60");
            assertProblem(client.getEvents(path), 503, "2 streams of events are open, as many as there may be");

            CLOCK.advance(Duration.ofMinutes(4));
            assertThat(one.toList()).contains("event:finished");
            assertThat(two.toList()).contains("event:finished");
        }
        // each needs a stream of its own, which the server may give back a moment after its end was read
        List<String> seen = client.eventsWhenThereIsRoom(path);
        assertThat(seen).contains("event:finished");
    }
}
