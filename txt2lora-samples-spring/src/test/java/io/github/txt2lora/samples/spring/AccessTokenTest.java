package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
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

/** A service with an access token, over real HTTP. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "txt2lora.token=correct horse")
@DirtiesContext
class AccessTokenTest {

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

    static TrainingEngine engine() {
        return FakeTrainingEngine.builder().build();
    }

    static LoraOperations operations() {
        return FakeLoraOperations.builder().build();
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("txt2lora.folder", folder::toString);
    }

    @BeforeEach
    void connect() {
        client = ServiceClient.of(port);
    }

    @Test
    void who_has_no_token_or_a_wrong_one_gets_nothing() throws IOException, InterruptedException {
        for (String path : List.of("/trainings", "/loras", "/about", "/actuator/metrics", "/page/../trainings", "/x")) {
            HttpResponse<String> refused = client.get(path);
            assertThat(refused.statusCode()).as(path).isEqualTo(401);
            assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(refused.body()).contains("the access token is missing or wrong");
        }
        for (String wrong : List.of("correct hors", "correct horse!", "", "Correct horse")) {
            assertThat(client.with(wrong).get("/trainings").statusCode())
                    .as(wrong)
                    .isEqualTo(401);
        }
        assertThat(client.put("/loras/x", SmallLora.calledBy("x")).statusCode()).isEqualTo(401);
        assertThat(client.order("{\"name\": \"a\", \"look\": \"b\"}").statusCode())
                .isEqualTo(401);
    }

    @Test
    void who_has_the_token_is_served() throws IOException, InterruptedException {
        assertThat(client.with("correct horse").get("/trainings").statusCode()).isEqualTo(200);
    }

    @Test
    void health_and_the_description_of_the_api_are_for_all() throws IOException, InterruptedException {
        assertThat(client.get("/actuator/health").body()).contains("UP");
        assertThat(client.get("/v3/api-docs").statusCode()).isEqualTo(200);
    }
}
