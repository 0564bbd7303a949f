package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PromptGridTest {

    @Test
    void rows_columns_and_the_common_part_make_a_grid() {
        PromptGrid grid = PromptGrid.parse("2girls ADDCOMM sky ADDROW red ADDCOL blue");

        assertThat(grid)
                .isEqualTo(new PromptGrid(
                        Optional.empty(), List.of(List.of("2girls, sky"), List.of("2girls, red", "2girls, blue"))));
        assertThat(grid.columns()).containsExactly(1, 2);
        assertThat(grid.parts()).containsExactly("2girls, sky", "2girls, red", "2girls, blue");
    }

    @Test
    void a_prompt_without_keywords_is_one_region() {
        assertThat(PromptGrid.parse("a ADDCOLUMN"))
                .isEqualTo(new PromptGrid(Optional.empty(), List.of(List.of("a ADDCOLUMN"))));
    }

    @Test
    void the_base_stands_between_the_common_part_and_the_regions() {
        assertThat(PromptGrid.parse("2girls ADDBASE red ADDCOL blue"))
                .isEqualTo(new PromptGrid(Optional.of("2girls"), List.of(List.of("red", "blue"))));
        assertThat(PromptGrid.parse("sky ADDCOMM 2girls ADDBASE red ADDCOL blue"))
                .isEqualTo(new PromptGrid(Optional.of("sky, 2girls"), List.of(List.of("sky, red", "sky, blue"))));
    }

    @Test
    void refuses_a_base_before_the_common_part() {
        assertThatThrownBy(() -> PromptGrid.parse("2girls ADDBASE sky ADDCOMM red ADDCOL blue"))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("ADDBASE before ADDCOMM");
    }

    @Test
    void refuses_more_regions_than_any_picture_has() {
        String prompt = "sky ADDCOMM " + "red ADDCOL ".repeat(100) + "blue";
        assertThatThrownBy(() -> PromptGrid.parse(prompt))
                .isExactlyInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll("101 regions", "at most 100");
    }
}
