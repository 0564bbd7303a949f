package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GroupsTest {

    @Test
    void those_on_one_model_come_after_one_another_in_the_order_of_the_models() {
        assertThat(Groups.of(List.of("a1", "b1", "a2", "c1", "b2"), GroupsTest::model, 1))
                .containsExactly(List.of("a1"), List.of("a2"), List.of("b1"), List.of("b2"), List.of("c1"));
    }

    @Test
    void those_of_a_task_are_on_one_model_and_no_more_than_asked_for() {
        assertThat(Groups.of(List.of("a1", "b1", "a2", "a3", "b2"), GroupsTest::model, 2))
                .containsExactly(List.of("a1", "a2"), List.of("a3"), List.of("b1", "b2"));
    }

    @Test
    void nothing_makes_no_task() {
        assertThat(Groups.of(List.of(), GroupsTest::model, 3)).isEmpty();
    }

    private static Object model(Object training) {
        return training.toString().charAt(0);
    }
}
