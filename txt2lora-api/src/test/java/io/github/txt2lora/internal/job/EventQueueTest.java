package io.github.txt2lora.internal.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.event.PreviewDrawn;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.event.TrainingResumed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventQueueTest {

    @Test
    void of_previews_that_wait_for_a_blocked_listener_the_newest_ten_arrive() {
        List<TrainingEvent> seen = new ArrayList<>();
        List<Runnable> later = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void onEvent(TrainingEvent event) {
                seen.add(event);
            }
        };
        var queue = new EventQueue(List.of(listener), later::add, (event, failure) -> {
            throw new AssertionError(failure);
        });

        queue.publish(new TrainingResumed(0));
        IntStream.rangeClosed(1, 15).forEach(iteration -> queue.publish(preview(iteration)));
        later.forEach(Runnable::run);

        assertThat(seen)
                .hasSize(11)
                .startsWith(new TrainingResumed(0), preview(6))
                .endsWith(preview(15));
    }

    private static PreviewDrawn preview(int iteration) {
        return new PreviewDrawn(iteration, List.of(), List.of(), Duration.ZERO);
    }
}
