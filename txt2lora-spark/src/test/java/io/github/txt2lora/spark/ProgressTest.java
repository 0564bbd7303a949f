package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final List<String> told = new ArrayList<>();

    private final Progress progress = new Progress(new Progress.Listener() {
        @Override
        public void on(String key, Happening happening) {
            told.add(key + " " + happening);
        }

        @Override
        public void onSuccessor(String key, String host, String lostHost) {
            told.add(key + " from " + lostHost + " to " + host);
        }

        @Override
        public void onEnd(String key, Object outcome) {
            told.add(key + " ends: " + outcome);
            if (outcome.equals("broken")) {
                throw new IllegalStateException("a listener that fails");
            }
        }
    });

    @Test
    void tells_of_a_successor_and_no_more_of_the_one_that_was_lost() {
        tell("krnkmd", 0, new Happening.TakenOver("node1"));
        tell("krnkmd", 0, new Happening.Warned("first"));
        tell("krnkmd", 1, new Happening.TakenOver("node2"));
        tell("krnkmd", 0, new Happening.Warned("late"));
        tell("krnkmd", 0, new Happening.Ended("a lie"));
        tell("krnkmd", 1, new Happening.Ended("trained"));

        assertThat(told)
                .containsExactly(
                        "krnkmd " + new Happening.Warned("first"),
                        "krnkmd from node1 to node2",
                        "krnkmd ends: trained");
        assertThat(progress.outcomes()).containsEntry("krnkmd", "trained");
    }

    @Test
    void ends_each_lora_once_by_message_or_by_result() {
        tell("krnkmd", 0, new Happening.Ended("trained"));
        progress.end("krnkmd", "again");
        progress.end("tyankmk", "trained too");
        tell("tyankmk", 0, new Happening.Ended("late"));

        assertThat(told).containsExactly("krnkmd ends: trained", "tyankmk ends: trained too");
    }

    @Test
    void survives_a_listener_that_fails() {
        progress.end("krnkmd", "broken");
        progress.end("tyankmk", "trained");

        assertThat(progress.outcomes()).containsOnlyKeys("krnkmd", "tyankmk");
    }

    @Test
    void knows_what_has_begun_and_what_is_open() {
        tell("krnkmd", 0, new Happening.TakenOver("node1"));
        progress.end("tyankmk", "trained");

        assertThat(progress.hasBegun("krnkmd")).isTrue();
        assertThat(progress.hasBegun("brnpny")).isFalse();
        assertThat(progress.open(List.of("krnkmd", "tyankmk", "brnpny"))).containsExactly("krnkmd", "brnpny");
    }

    @Test
    void does_not_wait_for_what_has_ended_and_not_for_ever() {
        progress.end("krnkmd", "trained");

        progress.await(List.of("krnkmd"), Duration.ofDays(1));
        progress.await(List.of("krnkmd", "lost"), Duration.ofMillis(1));

        assertThat(told).containsExactly("krnkmd ends: trained");
    }

    private void tell(String key, int attempt, Happening happening) {
        progress.receive(new Message("run", key, attempt, happening));
    }
}
