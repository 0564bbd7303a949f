package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter.DataWithMediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** Clients that read slowly, or not at all. */
class WatcherTest {

    /** Threads that do nothing until they are told. */
    private final Queue<Runnable> waiting = new ArrayDeque<>();

    private final RecordingClient client = new RecordingClient();
    private final Watcher watcher = new Watcher(client, waiting::add);

    private static final class RecordingClient extends SseEmitter {

        private final List<String> read = new ArrayList<>();
        private boolean isThere = true;
        private boolean isComplete;

        @Override
        public void send(SseEventBuilder builder) throws IOException {
            if (!isThere) {
                throw new IOException("the connection is closed");
            }
            builder.build().stream()
                    .map(DataWithMediaType::getData)
                    .filter(Map.class::isInstance)
                    .forEach(data -> read.add(String.valueOf(data)));
        }

        @Override
        public void complete() {
            isComplete = true;
        }
    }

    private void tell(int number, boolean isLast) {
        watcher.tell(new EventMessage("iteration", Map.of("n", number), isLast));
    }

    private void send() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void what_a_slow_client_has_not_read_is_replaced_by_what_is_newer() {
        for (int i = 0; i < 100_000; i++) {
            tell(i, false);
        }
        assertThat(waiting).hasSize(1);
        send();
        tell(100_000, false);
        tell(100_001, true);
        send();

        assertThat(client.read).containsExactly("{n=99999}", "{n=100001}");
        assertThat(client.isComplete).isTrue();
        assertThat(watcher.isGone()).isTrue();
    }

    @Test
    void events_of_another_name_are_not_replaced() {
        watcher.tell(new EventMessage("gap", Map.of("n", 1), false));
        tell(2, false);
        watcher.tell(new EventMessage("saved", Map.of("n", 3), false));
        tell(4, false);
        send();

        assertThat(client.read).containsExactly("{n=1}", "{n=3}", "{n=4}");
    }

    @Test
    void a_client_that_is_gone_is_written_to_no_more() {
        client.isThere = false;
        tell(1, false);
        send();

        assertThat(watcher.isGone()).isTrue();
        tell(2, false);
        assertThat(waiting).isEmpty();
    }

    @Test
    void a_client_whose_stream_has_ended_is_written_to_no_more() {
        tell(1, false);
        watcher.leave();
        send();
        tell(2, false);
        send();

        assertThat(client.read).isEmpty();
    }
}
