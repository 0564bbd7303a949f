package io.github.txt2lora.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCompositionTest {

    @Test
    void latent_couple_reads_divisions_positions_and_weights() {
        assertThat(LatentCouple.parse("1:1-0:0, 1:2-0:0,1:2-0:1", "0.2,0.8, 0.8")
                        .regions())
                .containsExactly(
                        new Region(0, 0, 1, 1, 0.2), new Region(0, 0, 0.5, 1, 0.8), new Region(0.5, 0, 1, 1, 0.8));
    }

    @Test
    void latent_couple_reads_the_fields_of_the_extension() {
        assertThat(LatentCouple.parse("1:1,1:2,1:2", "0:0, 0:0,0:1", "0.2,0.8,0.8"))
                .isEqualTo(LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8"));
        assertThatThrownBy(() -> LatentCouple.parse("1:1,1:2", "0:0", "1,1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("divisions are 2 and positions 1");
        assertThatThrownBy(() -> LatentCouple.parse("1:1,1:2", "0:0,0:2", "1,1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("region is \"1:2-0:2\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1:2", "1:2-0:2", "0:1-0:0", "1:2-0:-1", "1:9999-0:0", "a"})
    void latent_couple_rejects_a_malformed_region(String region) {
        assertThatThrownBy(() -> LatentCouple.parse(region, "1"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("region is \"" + region + "\"; expected rows:columns-row:column");
    }

    @Test
    void latent_couple_rejects_another_number_of_weights() {
        assertThatThrownBy(() -> LatentCouple.parse("1:1-0:0", "0.2,0.8"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("regions are 1 and their weights 2");
        assertThatThrownBy(() -> LatentCouple.parse("1:1-0:0", "much"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("region weights is \"much\"");
        assertThatThrownBy(() -> new LatentCouple(List.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("regions are empty");
    }

    @ParameterizedTest
    @CsvSource({"0.5,0.5", "0.6,0.5", "-0.1,0.5", "0,1.1", "NaN,1"})
    void region_rejects_an_empty_or_outlying_rectangle(double left, double right) {
        assertThatThrownBy(() -> new Region(left, 0, right, 1, 1))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("region reaches from left " + left + " to right " + right);
    }

    @Test
    void one_list_of_ratios_divides_columns_or_rows() {
        assertThat(RegionGrid.parse("1,3").regions(List.of(2)))
                .containsExactly(new Region(0, 0, 0.25, 1, 1), new Region(0.25, 0, 1, 1, 1));
        assertThat(RegionGrid.parse("1,3").regions(List.of(1, 1)))
                .containsExactly(new Region(0, 0, 1, 0.25, 1), new Region(0, 0.25, 1, 1, 1));
    }

    @Test
    void several_lists_of_ratios_begin_with_the_height_of_their_row() {
        assertThat(RegionGrid.parse("1,1,1;3").regions(List.of(2, 1)))
                .containsExactly(
                        new Region(0, 0, 0.5, 0.25, 1), new Region(0.5, 0, 1, 0.25, 1), new Region(0, 0.25, 1, 1, 1));
    }

    @Test
    void regions_are_equal_without_ratios() {
        assertThat(RegionGrid.even().regions(List.of(2, 1)))
                .containsExactly(
                        new Region(0, 0, 0.5, 0.5, 1), new Region(0.5, 0, 1, 0.5, 1), new Region(0, 0.5, 1, 1, 1));
    }

    @Test
    void base_ratio_is_the_extensions_until_another_is_set() {
        RegionGrid grid = RegionGrid.parse("1,3");
        assertThat(grid.baseRatio()).isEqualTo(0.2);
        assertThat(grid.withBaseRatio(0.5)).isEqualTo(new RegionGrid(grid.ratios(), 0.5));
        assertThatThrownBy(() -> grid.withBaseRatio(1.5))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("baseRatio is 1.5; expected a number from 0 to 1");
    }

    @Test
    void rejects_ratios_for_another_layout() {
        assertThatThrownBy(() -> RegionGrid.parse("1,2").regions(List.of(3)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "the prompt has 3 columns, but there are ratios for 2; expected a ratio for each, or none at"
                                + " all for equal parts");
        assertThatThrownBy(() -> RegionGrid.parse("1,2").regions(List.of(2, 1)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("the prompt has 2 rows, but there are ratios for 1");
        assertThatThrownBy(() -> RegionGrid.parse("1,2;1").regions(List.of(2, 1)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("the prompt has 2 columns in row 1, but there are ratios for 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1,0", "1;;2", "-1", "NaN", "a,b"})
    void rejects_ratios_that_are_no_positive_numbers(String ratios) {
        assertThatThrownBy(() -> RegionGrid.parse(ratios)).isInstanceOf(InvalidSettingException.class);
    }
}
