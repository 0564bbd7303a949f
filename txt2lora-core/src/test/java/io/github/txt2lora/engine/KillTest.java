package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.jvm.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a training's JVM with SIGKILL at random moments until it is done, and compares the LoRA with that of a training
 * that was left alone. The property {@code kills} says how often; the profile {@code reliability} kills 100 times.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class KillTest {

    private static final int KILLS = Integer.getInteger("kills", 4);

    private final Random random = new Random(KILLS);

    @TempDir
    Path folder;

    @Test
    void a_training_that_is_killed_again_and_again_ends_with_the_bytes_of_one_that_was_not() throws Exception {
        long begin = System.nanoTime();
        Path quiet = folder.resolve("quiet");
        assertThat(runUntilDone(quiet)).isTrue();
        byte[] expected = lora(quiet);
        int mostMillis = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);

        int kills = 0;
        int resumed = 0;
        int training = 0;
        // on a slow machine few runs come to a state before they are killed
        for (; kills < KILLS || (resumed == 0 && kills < 10 * KILLS); training++) {
            Path output = folder.resolve("training" + training);
            boolean done = false;
            while (!done) {
                int millis = 1 + random.nextInt(kills < KILLS || resumed == 0 ? mostMillis : Integer.MAX_VALUE - 1);
                Run run = runAndKill(output, millis);
                done = run.done();
                kills += done ? 0 : 1;
                resumed += run.resumed() ? 1 : 0;
            }
            assertThat(lora(output)).as("training %d", training).isEqualTo(expected);
            assertThat(filesIn(output))
                    .as("what is left of training %d", training)
                    .containsExactlyInAnyOrder("krnkmd-" + KilledTraining.ITERATIONS + ".state", "krnkmd.safetensors");
        }
        System.out.printf(
                "%d kills in %d trainings, %d runs went on from a state; every LoRA is the same%n",
                kills, training, resumed);
        assertThat(resumed).as("runs that went on from a state").isPositive();
    }

    /** The end of a run. */
    private record Run(boolean done, boolean resumed) {}

    private boolean runUntilDone(Path output) throws IOException, InterruptedException {
        return runAndKill(output, Integer.MAX_VALUE).done();
    }

    private Run runAndKill(Path output, int millis) throws IOException, InterruptedException {
        Path file = output.resolveSibling("lines");
        Process process = ChildJvm.start(KilledTraining.class, file, List.of(), output.toString());
        boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        List<String> lines = Files.readAllLines(file);
        if (ended) {
            assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        }
        return new Run(ended, lines.stream().anyMatch(line -> line.startsWith(KilledTraining.RESUMED)));
    }

    private static byte[] lora(Path output) throws IOException {
        return Files.readAllBytes(output.resolve("krnkmd.safetensors"));
    }

    private static List<String> filesIn(Path output) throws IOException {
        try (Stream<Path> files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
