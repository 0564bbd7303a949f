package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service as it is, over real HTTP. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SpringBootServiceTrainingTest {

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("txt2lora.folder", folder::toString);
    }

    @Test
    void trains_a_lora() throws IOException, InterruptedException {
        ServiceClient client = ServiceClient.of(port);
        String path = client.queue("krnkmd", 1);

        try (Stream<String> events = client.watch(path)) {
            assertThat(events.toList()).last().isEqualTo("data:{\"file\":\"krnkmd.safetensors\"}");
        }
        assertThat(folder.resolve("krnkmd.safetensors")).isNotEmptyFile();
    }
}
