package io.github.txt2lora.leco.latents;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.checkpoint.LatentSpace;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.text.PictureSize;
import io.github.txt2lora.torch.TorchGenerator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LatentDrawTest {

    private static final LatentSpace LATENTS = StableDiffusion.SD1.latents();

    private static PromptPair pair(int resolution) {
        return PromptPair.enhance("krnkmd")
                .resolution(resolution)
                .dynamicCrops(true)
                .build();
    }

    private static PictureSize size(PromptPair pair, long seed, boolean takesPictureSize) {
        return LatentDraw.next(new TorchGenerator(seed), pair, LATENTS, takesPictureSize)
                .size();
    }

    @Test
    void crops_lie_within_a_picture_of_at_most_three_times_the_size() {
        List<PictureSize> sizes = Stream.iterate(0L, seed -> seed + 1)
                .limit(100)
                .map(seed -> size(pair(64), seed, true))
                .toList();
        assertThat(sizes).allSatisfy(size -> {
            assertThat(size.originalHeight()).isBetween(64, 192).isEqualTo(size.originalWidth());
            assertThat(size.cropTop()).isBetween(0, size.originalHeight() - 64);
            assertThat(size.cropLeft()).isBetween(0, size.originalWidth() - 64);
            assertThat(size.height()).isEqualTo(64);
            assertThat(size.width()).isEqualTo(64);
        });
        assertThat(Set.copyOf(sizes)).hasSizeGreaterThan(50);
    }

    @Test
    void where_there_is_no_room_the_crop_begins_at_the_corner() {
        List<PictureSize> withoutRoom = Stream.iterate(0L, seed -> seed + 1)
                .limit(100)
                .map(seed -> size(pair(8), seed, true))
                .filter(size -> size.originalHeight() == 8)
                .toList();
        assertThat(withoutRoom).isNotEmpty().containsOnly(PictureSize.uncropped(8, 8));
    }

    @Test
    void models_that_are_not_told_draw_no_crops() {
        var generator = new TorchGenerator(1);
        PictureSize size = LatentDraw.next(generator, pair(64), LATENTS, false).size();
        var expected = new TorchGenerator(1);
        PromptPair uncropped = pair(64).toBuilder().dynamicCrops(false).build();
        LatentDraw.next(expected, uncropped, LATENTS, true);

        assertThat(size).isEqualTo(PictureSize.uncropped(64, 64));
        assertThat(generator.state()).isEqualTo(expected.state());
    }
}
