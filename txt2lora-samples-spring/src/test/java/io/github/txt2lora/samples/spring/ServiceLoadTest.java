package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A long queue on the demo checkpoint; {@code -Dload.trainings=200} makes it longer. Prints the time and the memory. */
@Tag("service")
class ServiceLoadTest {

    private static final int TRAININGS = Integer.getInteger("load.trainings", 10);

    private static final int ITERATIONS = 5;

    @TempDir
    private Path folder;

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(
                folder,
                "--txt2lora.limits.trainings=" + TRAININGS,
                "--txt2lora.limits.ended=" + TRAININGS,
                "--txt2lora.preview-every=0");
    }

    /** Returns when a training has ended; a stream may end before it. */
    private static void awaitEnd(ServiceClient client, String path) throws IOException, InterruptedException {
        while (!client.get(path).body().contains("\"state\":\"FINISHED\"")) {
            try (Stream<String> events = client.watch(path)) {
                assertThat(events.toList()).doesNotContain("event:failed", "event:cancelled");
            }
        }
    }

    @Test
    void a_long_queue_ends_completely_although_the_service_is_killed() throws IOException, InterruptedException {
        List<String> paths = new ArrayList<>();
        long begin = System.nanoTime();
        try (ServiceProcess first = start()) {
            for (int i = 0; i < TRAININGS; i++) {
                paths.add(first.client().queue("lora" + i, ITERATIONS));
            }
            System.out.printf("%d trainings queued in %.1f s%n", TRAININGS, (System.nanoTime() - begin) / 1e9);
            awaitEnd(first.client(), paths.get(TRAININGS / 2));
            System.out.printf("%d ended, %s at most%n", TRAININGS / 2 + 1, first.mostMemory());
            first.kill();
        }

        try (ServiceProcess second = start()) {
            ServiceClient client = second.client();
            awaitEnd(client, paths.get(TRAININGS - 1));
            for (String path : paths) {
                assertThat(client.get(path).body()).contains("\"state\":\"FINISHED\"", "\"iteration\":" + ITERATIONS);
            }
            for (int i = 0; i < TRAININGS; i++) {
                assertThat(client.download("/loras/lora" + i + "/file").statusCode())
                        .isEqualTo(200);
            }
            System.out.printf(
                    "all of them after %.1f s, %s at most%n", (System.nanoTime() - begin) / 1e9, second.mostMemory());
        }
    }
}
