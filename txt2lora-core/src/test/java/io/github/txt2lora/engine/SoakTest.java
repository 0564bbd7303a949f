package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.txt2lora.jvm.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many trainings in one JVM end with the memory, threads and files that the first ones left. The property
 * {@code trainings} says how many; the profile {@code reliability} makes 1,000.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class SoakTest {

    private static final int TRAININGS = Integer.getInteger("trainings", 40);

    /** After so many the allocators have what they need. */
    private static final int FIRST = Math.min(50, TRAININGS / 2);

    private static final double MOST_GROWTH = 1.08;

    /** The last two, so that those of the first half are not the first engine's. */
    private static final int REPORTS = 2;

    @TempDir
    Path folder;

    @Test
    void many_trainings_end_with_the_memory_threads_and_files_of_the_first() throws Exception {
        assumeThat(ResidentBytes.areKnown()).as("/proc is there").isTrue();
        Path lines = folder.resolve("lines");
        Path output = folder.resolve("lora");
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        // a heap of one size, so that growth is the engine's
        List<String> options = List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch", "-Djava.io.tmpdir=" + temporary);

        Process process =
                ChildJvm.start(SoakedEngine.class, lines, options, output.toString(), Integer.toString(TRAININGS));
        assertThat(process.waitFor()).as(Files.readString(lines)).isZero();

        List<long[]> uses = Files.readAllLines(lines).stream()
                .filter(line -> line.startsWith("use "))
                .map(line -> Arrays.stream(line.substring("use ".length()).split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray())
                .toList();
        assertThat(uses).hasSize(TRAININGS / SoakedEngine.TRAININGS_PER_ENGINE);
        long[] first = lowest(uses.subList(0, FIRST / SoakedEngine.TRAININGS_PER_ENGINE));
        long[] last = lowest(uses);
        System.out.printf(
                "first trainings %d MiB, %d files, %d threads; last trainings %d MiB, %d files, %d threads%n",
                first[0] >> 20, first[1], first[2], last[0] >> 20, last[1], last[2]);
        assertThat((double) last[0]).as("resident bytes").isLessThan(first[0] * MOST_GROWTH);
        assertThat(last[1]).as("open files").isLessThanOrEqualTo(first[1]);
        assertThat(last[2]).as("threads").isLessThanOrEqualTo(first[2]);
        try (var left = Files.list(temporary)) {
            assertThat(left).as("temporary files").isEmpty();
        }
        try (var left = Files.list(output)) {
            assertThat(left.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("krnkmd-2.state", "krnkmd.safetensors");
        }
    }

    /** The least of each use among the last of some reports: what is being freed while one is made comes and goes. */
    private static long[] lowest(List<long[]> uses) {
        return uses.subList(Math.max(0, uses.size() - REPORTS), uses.size()).stream()
                .reduce((a, b) -> new long[] {Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.min(a[2], b[2])})
                .orElseThrow();
    }
}
