package io.github.txt2lora.leco;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {

    @Test
    void each_model_has_as_many_iterations_as_another() {
        var turns = new Turns(3);

        assertThat(IntStream.range(0, 390).filter(i -> turns.at(i) == 0).count())
                .isEqualTo(130);
        assertThat(IntStream.range(0, 390).filter(i -> turns.at(i) == 2).count())
                .isEqualTo(130);
        assertThat(IntStream.range(0, 16).map(turns::at))
                .containsExactly(0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 0);
    }

    @Test
    void one_model_has_all_turns() {
        assertThat(IntStream.range(0, 100).map(new Turns(1)::at)).containsOnly(0);
    }

    @Test
    void equal_parts_follow_each_other() {
        assertThat(IntStream.range(0, 12).map(i -> new Turns(5).ofEqualParts(i, 12)))
                .containsExactly(0, 0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4);
    }
}
