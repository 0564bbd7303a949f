package io.github.txt2lora.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command says before it starts Spark. */
class SparkTrainTest {

    private static final int MISUSE = 2;

    @TempDir
    Path folder;

    private final StringWriter said = new StringWriter();

    @Test
    void says_what_it_does() {
        assertThat(run("--help")).isZero();
        assertThat(said.toString()).contains("WORKSPACE", "--together", "spark-submit");
    }

    @Test
    void rejects_a_folder_that_is_no_workspace() {
        assertThat(run(folder.toString())).isEqualTo(MISUSE);
        assertThat(said.toString()).contains(folder + " is no workspace").doesNotContain("\tat ");
    }

    @Test
    void rejects_a_name_that_is_not_there() throws IOException {
        Trainings.add(Trainings.workspace(folder), "krnkmd", "");

        assertThat(run(folder.toString(), "krnkmt")).isEqualTo(MISUSE);
        assertThat(said.toString()).contains("did you mean krnkmd?");
    }

    @Test
    void rejects_names_beside_all_and_values_that_are_wrong() throws IOException {
        Trainings.add(Trainings.workspace(folder), "krnkmd", "");

        assertThat(run(folder.toString(), "krnkmd", "--all")).isEqualTo(MISUSE);
        assertThat(run(folder.toString(), "--together", "0")).isEqualTo(MISUSE);
        assertThat(run(folder.toString(), "--device", "tpu")).isEqualTo(MISUSE);
        assertThat(run(folder.toString(), "--set", "rnk=3")).isEqualTo(MISUSE);
        assertThat(said.toString())
                .contains("expected one or the other", "together is 0", "device is \"tpu\"", "rnk")
                .doesNotContain("\tat ");
    }

    private int run(String... args) {
        CommandLine command = SparkTrain.commandLine();
        command.setOut(new PrintWriter(said));
        command.setErr(new PrintWriter(said));
        return command.execute(args);
    }
}
