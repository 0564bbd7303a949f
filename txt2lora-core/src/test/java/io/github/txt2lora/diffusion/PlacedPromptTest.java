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
    void rejects_more_or_fewer_parts_than_regions() {
        assertThatThrownBy(() -> PlacedPrompt.of("a", LatentCouple.parse("1:2-0:0,1:2-0:1", "1,1")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("the prompt has 1 parts, but the composition has 2 regions; expected a region for each part"
                        + " between AND");
    }
}
