package io.github.txt2lora.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.LatentCouple;
import io.github.txt2lora.image.Region;
import io.github.txt2lora.image.RegionGrid;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegionMaskTest {

    private static float[] sum(List<Region> regions, int height, int width) {
        float[] sum = new float[height * width];
        for (Region region : regions) {
            float[] mask = RegionMask.of(region, 1, height, width);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += mask[i];
            }
        }
        return sum;
    }

    @Test
    void the_masks_of_the_example_add_up_to_1_everywhere() {
        List<Region> regions =
                LatentCouple.parse("1:1-0:0,1:2-0:0,1:2-0:1", "0.2,0.8,0.8").regions();

        assertThat(sum(regions, 12, 13)).containsOnly(1);
    }

    @Test
    void the_masks_of_a_grid_cover_each_cell_once_whatever_its_size() {
        for (int size = 6; size < 80; size++) {
            assertThat(sum(RegionGrid.parse("1,2,1,1;2,4,6").regions(List.of(3, 2)), size, size + 3))
                    .containsOnly(1);
        }
    }

    @Test
    void a_mask_is_the_product_of_both_weights_inside_and_0_outside() {
        assertThat(RegionMask.of(new Region(0.5, 0, 1, 0.5, 0.8), 2, 2, 4))
                .containsExactly(0, 0, 1.6f, 1.6f, 0, 0, 0, 0);
    }

    @Test
    void rejects_a_region_that_is_thinner_than_a_cell() {
        assertThatThrownBy(() -> RegionMask.of(new Region(0, 0, 0.01, 1, 1), 1, 12, 12))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("less than 8 pixels wide or high in an image of 96x96 pixels");
    }
}
