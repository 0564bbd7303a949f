package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.Region;
import io.github.txt2lora.image.RegionGrid;
import io.github.txt2lora.image.WholePicture;
import org.junit.jupiter.api.Test;

class PlacedPromptTest {

    private static final Region LEFT = new Region(0, 0, 0.5, 1, 1);
    private static final Region RIGHT = new Region(0.5, 0, 1, 1, 1);

    @Test
    void parts_without_regions_apply_everywhere() {
        assertThat(PlacedPrompt.of("a AND b :0.5", new WholePicture()))
                .containsExactly(new PlacedPrompt("a ", 1, Region.WHOLE), new PlacedPrompt(" b ", 0.5, Region.WHOLE));
    }

    @Test
    void parts_take_the_regions_in_order() {
        assertThat(PlacedPrompt.of("a AND b", LatentCouple.parse("1:2-0:0,1:2-0:1", "1,1")))
                .containsExactly(new PlacedPrompt("a ", 1, LEFT), new PlacedPrompt(" b", 1, RIGHT));
    }

    @Test
    void columns_share_what_is_common() {
        assertThat(PlacedPrompt.of("2girls ADDCOMM a ADDCOL b", RegionGrid.even()))
                .containsExactly(new PlacedPrompt("2girls, a", 1, LEFT), new PlacedPrompt("2girls, b", 1, RIGHT));
    }

    @Test
    void a_base_shares_the_picture_with_the_regions() {
        assertThat(PlacedPrompt.of(
                        "2girls ADDBASE a ADDCOL b", RegionGrid.even().withBaseRatio(0.25)))
                .containsExactly(
                        new PlacedPrompt("2girls", 0.25, Region.WHOLE),
                        new PlacedPrompt("a", 0.75, LEFT),
                        new PlacedPrompt("b", 0.75, RIGHT));
    }

    @Test
    void a_negative_prompt_is_divided_as_the_prompt_or_not_at_all() {
        RegionGrid grid = RegionGrid.even();
        assertThat(PlacedPrompt.ofNegative("lowres ADDCOMM c ADDCOL d", "x ADDBASE a ADDCOL b", grid))
                .containsExactly(new PlacedPrompt("lowres, c", 1, LEFT), new PlacedPrompt("lowres, d", 1, RIGHT));
        assertThat(PlacedPrompt.ofNegative("lowres", "a ADDCOL b", grid)).containsExactly(PlacedPrompt.whole("lowres"));
        assertThat(PlacedPrompt.ofNegative("c ADDCOL d", "a AND b", new WholePicture()))
                .containsExactly(PlacedPrompt.whole("c ADDCOL d"));
    }

    @Test
    void rejects_a_negative_prompt_of_other_regions_or_with_a_base() {
        RegionGrid grid = RegionGrid.even();
        assertThatThrownBy(() -> PlacedPrompt.ofNegative("c ADDROW d", "a ADDCOL b", grid))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("the negative prompt has rows of [1, 1] regions, but the prompt of [2]; expected the same,"
                        + " or no ADDROW and ADDCOL");
        assertThatThrownBy(() -> PlacedPrompt.ofNegative("c ADDBASE d", "a ADDBASE b", grid))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("the negative prompt has ADDBASE");
    }

    @Test
    void rejects_more_or_fewer_parts_than_regions() {
        assertThatThrownBy(() -> PlacedPrompt.of("a", LatentCouple.parse("1:2-0:0,1:2-0:1", "1,1")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("the prompt has 1 part, but the composition has 2 regions; expected a region for each part"
                        + " between AND");
    }
}
