package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service itself, in a JVM of its own that is killed in the middle of a training of the demo checkpoint. */
@Tag("service")
class ServiceKillTest {

    private static final Pattern RESUMED_FROM = Pattern.compile("\"resumedFrom\":(\\d+)");

    private static final Pattern SAVED_ITERATION = Pattern.compile("\"savedIteration\":(\\d+)");

    @TempDir
    private Path folder;

    private ServiceProcess start() throws IOException {
        return ServiceProcess.start(folder, "--txt2lora.state-every=1s");
    }

    private static void readTo(Iterator<String> lines, String text) {
        while (!lines.next().equals(text)) {
            // the events before it
        }
    }

    private static int number(Pattern pattern, String status) {
        Matcher found = pattern.matcher(status);
        assertThat(found.find()).as(status).isTrue();
        return Integer.parseInt(found.group(1));
    }

    @Test
    void a_training_and_the_one_behind_it_end_although_the_service_is_killed()
            throws IOException, InterruptedException {
        String killed;
        String waiting;
        int saved;
        try (ServiceProcess first = start()) {
            ServiceClient client = first.client();
            assertThat(client.put("/loras/mine", SmallLora.calledBy("mine")).statusCode())
                    .isEqualTo(201);
            killed = client.queue("krnkmd", 120);
            waiting = client.queue("tyankmk", 20);
            try (Stream<String> events = client.watch(killed)) {
                Iterator<String> lines = events.iterator();
                readTo(lines, "event:gap");
                readTo(lines, "event:saved");
                readTo(lines, "event:saved");
            }
            saved = number(SAVED_ITERATION, client.get(killed).body());
            assertThat(saved).isPositive();
            first.kill();
        }

        try (ServiceProcess second = start()) {
            ServiceClient client = second.client();
            assertThat(client.get(killed).body()).contains("\"savedIteration\":");
            try (Stream<String> events = client.watch(waiting)) {
                assertThat(events.toList()).contains("event:finished");
            }
            HttpResponse<String> resumed = client.get(killed);
            assertThat(resumed.body()).contains("\"state\":\"FINISHED\"", "\"iteration\":120");
            assertThat(number(RESUMED_FROM, resumed.body())).isBetween(saved, 119);
            assertThat(client.get(waiting).body())
                    .contains("\"state\":\"FINISHED\"", "\"iteration\":20")
                    .doesNotContain("resumedFrom");
            assertThat(client.get(killed + "/curve").body())
                    .containsOnlyOnce("\"iteration\":20,")
                    .containsOnlyOnce("\"iteration\":120,");
            assertThat(client.get("/loras").body()).contains("\"krnkmd\"", "\"tyankmk\"", "\"mine\"");
            assertThat(client.download("/loras/mine/file").body()).isEqualTo(SmallLora.calledBy("mine"));
        }
    }
}
