package io.github.txt2lora.leco.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatentCacheTest {

    private static final int LENGTH = 10;
    private static final long BYTES = LENGTH * Float.BYTES;

    private final List<Integer> computed = new ArrayList<>();

    @TempDir
    Path folder;

    private float[] get(LatentCache cache, int number) {
        return cache.get("set", number, LENGTH, () -> {
            computed.add(number);
            float[] values = new float[LENGTH];
            values[0] = number;
            return values;
        });
    }

    private LatentFolder folder() {
        return LatentFolder.at(
                folder, Long.MAX_VALUE, warning -> assertThat(warning).isNull());
    }

    @Test
    void computes_what_it_does_not_hold() {
        try (var cache = new LatentCache(2 * BYTES, LatentFolder.none())) {
            assertThat(get(cache, 1)).isEqualTo(get(cache, 1)).startsWith(1);
            assertThat(get(cache, 2)).startsWith(2);
        }
        assertThat(computed).containsExactly(1, 2);
    }

    @Test
    void drops_what_was_not_used_for_the_longest_time() {
        try (var cache = new LatentCache(2 * BYTES, LatentFolder.none())) {
            get(cache, 1);
            get(cache, 2);
            get(cache, 1);
            get(cache, 3);

            get(cache, 1);
            get(cache, 3);
            assertThat(computed).containsExactly(1, 2, 3);
            get(cache, 2);
        }
        assertThat(computed).containsExactly(1, 2, 3, 2);
    }

    @Test
    void what_is_larger_than_its_limit_is_given_all_the_same() {
        try (var cache = new LatentCache(BYTES - 1, LatentFolder.none())) {
            assertThat(get(cache, 1)).startsWith(1);
            assertThat(get(cache, 1)).startsWith(1);
        }
        assertThat(computed).containsExactly(1, 1);
    }

    @Test
    void a_computation_that_fails_leaves_nothing() {
        try (var cache = new LatentCache(BYTES, LatentFolder.none())) {
            assertThatThrownBy(() -> cache.get("set", 1, LENGTH, () -> {
                        throw new IllegalStateException("cancelled");
                    }))
                    .hasMessage("cancelled");
            assertThat(get(cache, 1)).startsWith(1);
        }
        assertThat(computed).containsExactly(1);
    }

    @Test
    void what_was_saved_is_not_computed_by_a_later_one() {
        try (var cache = new LatentCache(0, folder())) {
            get(cache, 1);
            get(cache, 2);
            cache.save();
        }

        try (var cache = new LatentCache(BYTES, folder())) {
            assertThat(get(cache, 2)).startsWith(2);
            assertThat(get(cache, 1)).startsWith(1);
            assertThat(get(cache, 3)).startsWith(3);
        }
        assertThat(computed).containsExactly(1, 2, 3);
    }

    @Test
    void what_memory_has_no_room_for_comes_from_the_folder() {
        try (var cache = new LatentCache(BYTES, folder())) {
            get(cache, 1);
            get(cache, 2);
            cache.save();
            get(cache, 1);
        }
        assertThat(computed).containsExactly(1, 2);
    }

    @Test
    void quoted_prompts_cannot_be_taken_for_others() {
        assertThat(List.of(
                        LatentCache.quoted("a") + LatentCache.quoted("b"),
                        LatentCache.quoted("a\"\"b"),
                        LatentCache.quoted("a\\\"\\\"b"),
                        LatentCache.quoted("a\\") + LatentCache.quoted("b"),
                        LatentCache.quoted("a\\\"") + LatentCache.quoted("b"),
                        LatentCache.quoted("")))
                .doesNotHaveDuplicates();
        assertThat(LatentCache.quoted("1girl, \"cat\"")).isEqualTo("\"1girl, \\\"cat\\\"\"");
    }
}
