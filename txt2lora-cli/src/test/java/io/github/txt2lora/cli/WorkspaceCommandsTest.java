package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceCommandsTest {

    private static final String PROMPTS = """
            - {target: krnkmd, positive: maid, neutral: 1girl, action: enhance, resolution: 64}
            """;

    @TempDir
    private Path folder;

    @BeforeEach
    void make() throws IOException {
        Workspace workspace = Workspace.create(folder);
        DemoCheckpoint.copyTo(workspace.modelFolder());
        write("krnkmd", "model_name: chibi");
    }

    @Test
    void check_says_what_it_takes() {
        CommandRun run = CommandRun.of("check", folder.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("krnkmd: Stable Diffusion 1.x", "of memory", "Ready, for about 1 min");
    }

    @Test
    void preview_draws_the_words_before_anything_is_trained() {
        CommandRun run = CommandRun.of(
                "preview",
                folder.toString(),
                "--device=cpu",
                "--set=preview_places=[kitchen]",
                "--set=preview_steps=1");
        CommandRun unknown = CommandRun.of("preview", folder.toString(), "--names=krnkmb");

        Path file = folder.resolve("lora/krnkmd/krnkmd-words.png");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains(file.toString());
        assertThat(file).isNotEmptyFile();
        assertThat(folder.resolve("lora/krnkmd/krnkmd.safetensors")).doesNotExist();
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("did you mean krnkmd?");
    }

    @Test
    void check_takes_settings_of_the_command_line() {
        CommandRun shorter = CommandRun.of("check", folder.toString(), "--json", "--set=train_iterations=10");
        CommandRun longer = CommandRun.of("check", folder.toString(), "--json", "--set", "train_iterations=100000");
        CommandRun wrong = CommandRun.of("check", folder.toString(), "--set", "rank=0", "--set=preview_steps=x");
        CommandRun unknown = CommandRun.of("check", folder.toString(), "--set", "rnak=4");

        assertThat(longer.result().get("seconds").asLong())
                .isGreaterThan(shorter.result().get("seconds").asLong());
        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.out())
                .contains(
                        "--set: rank is 0; expected 1 or more", "--set: preview_steps is 'x'; expected a whole number");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("--set: the key 'rnak' is unknown; did you mean rank?");
    }

    @Test
    void check_says_in_plain_words_what_each_entry_does() throws IOException {
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), """
                - {target: cat girl (maid), positive: "maid, cat ears", action: enhance}
                - {target: dog}
                - {target: 1girl, action: enhance}
                """);

        CommandRun run = CommandRun.of("check", folder.toString());
        CommandRun json = CommandRun.of("check", folder.toString(), "--json");

        assertThat(run.out().lines())
                .containsSequence(
                        "krnkmd:",
                        "  cat girl (maid) learns: maid, cat ears; in a web UI write cat girl \\(maid\\)",
                        "  dog is erased",
                        "  1girl is kept");
        assertThat(json.result().at("/prompts/0/name").textValue()).isEqualTo("krnkmd");
        assertThat(json.result().at("/prompts/0/inWords/1").textValue()).isEqualTo("dog is erased");
    }

    @Test
    void check_shows_how_samples_fit_into_which_memory() {
        CommandRun run = CommandRun.of("check", folder.toString());
        CommandRun json = CommandRun.of("check", folder.toString(), "--json", "--memory=save");

        assertThat(run.out())
                .contains("of memory with samples all at once")
                .containsPattern("precision +pixels +cpu, [\\d.]+ GiB +4 GiB +6 GiB +8 GiB +12 GiB +16 GiB +24 GiB")
                .containsPattern("BF16 +512 +all at once");
        assertThat(json.result().at("/loras/0/memoryPlan").textValue()).endsWith(", recomputed");
        assertThat(json.result().at("/loras/0/memoryFits/0/device").textValue()).isEqualTo("cpu");
        assertThat(json.result().at("/loras/0/memoryFits/1/device").textValue()).isEqualTo("4 GiB");
        assertThat(json.result().at("/loras/0/memoryFits/1/fits").booleanValue())
                .isTrue();
        assertThat(json.result().at("/loras/0/memoryFits/1/plan").textValue()).endsWith(", recomputed");
    }

    @Test
    void check_takes_a_configuration_of_leco_too() throws IOException {
        Path config = Files.writeString(folder.resolve("leco.yaml"), """
                prompts_file: prompts/krnkmd.yaml
                pretrained_model: {name_or_path: model/chibi}
                train: {batch_size: 2}
                save: {name: maid}
                """);

        CommandRun run = CommandRun.of("check", config.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("maid:", "  krnkmd learns: maid, added to 1girl", "train.batch_size (line 3)", "Ready, for");
        assertThat(CommandRun.of("check", config.toString(), "--all").exitCode())
                .isEqualTo(2);
    }

    @Test
    void control_characters_in_a_path_are_refused() {
        assertThat(CommandRun.of("check", "a\tb").err()).contains("path without control characters");
        assertThat(CommandRun.of("train", "x.yaml", "--output", "a\nb").err())
                .contains("path without control characters");
    }

    @Test
    void secrets_of_addresses_and_what_steers_a_terminal_are_not_printed() throws IOException {
        write("kr\u202ekmd", "model_name: far\nmodel_url: https://example.org/far.safetensors?sig=s3cret#s3cret");
        write("other", "model_name: \"\\e[2J\\u202e\"\nmodel_url: 's3 cret'");

        for (String json : List.of("--stacktrace", "--json")) {
            CommandRun run = CommandRun.of("check", folder.toString(), "--all", json);

            assertThat(run.out() + run.err())
                    .contains("kr\\u202ekmd", "https://example.org/far.safetensors?***")
                    .doesNotContain("s3cret", "\u202e", "\u001b[2J");
        }
        CommandRun misuse = CommandRun.of("check", folder + "/\u202e", "--stacktrace");
        assertThat(misuse.err()).contains("/\\u202e is no workspace").doesNotContain("\u202e");
        CommandRun unknown = CommandRun.of("train", "--\u202e\u001b[2J", "https://example.org/x?sig=s3cret");
        assertThat(unknown.err()).contains("\\u202e").doesNotContain("\u202e", "\u001b[2J", "s3cret");
    }

    @Test
    void nothing_is_written_through_links() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Path link = Files.createSymbolicLink(folder.resolve("link"), precious);
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling.png"), folder.resolve("nothing"));
        String model = folder.resolve("model/chibi.safetensors").toString();

        for (CommandRun run : List.of(
                CommandRun.of("image", "-m", model, "-o", link.toString(), "maid"),
                CommandRun.of("image", "-m", model, "-o", dangling.toString(), "maid"),
                CommandRun.of("plot", "-m", model, "-o", link.toString(), "--x", "seed=1,2", "maid"),
                CommandRun.of("plot", "-m", model, "-o", "/dev/null", "--x", "seed=1,2", "maid"))) {
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.err()).containsPattern("is a (link to|pipe, socket or device)");
        }
        Files.delete(folder.resolve("config/krnkmd.yaml"));
        Files.createSymbolicLink(folder.resolve("config/krnkmd.yaml"), folder.resolve("nothing"));
        assertThat(CommandRun.of("init", folder.toString()).err()).contains("krnkmd.yaml is a link to ");

        assertThat(precious).hasContent("precious");
        assertThat(folder.resolve("nothing")).doesNotExist();
    }

    @Test
    void check_tells_all_problems_of_all_loras() throws IOException {
        write("a", "model_name: none");
        write("b", "model_nam: chibi");

        CommandRun run = CommandRun.of("check", folder.toString(), "--all", "--json");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.result().get("passed").asBoolean()).isFalse();
        assertThat(run.result().get("loras")).hasSize(1);
        assertThat(run.result().get("problems").toString()).contains("none.safetensors", "model_nam");
    }

    @Test
    void train_goes_on_after_a_failure_and_skips_what_is_finished() throws IOException {
        write("broken", "model_name: none");

        CommandRun both = CommandRun.of("train", folder.toString(), "--all", "--device=cpu", "--threads=1");

        assertThat(both.exitCode()).isEqualTo(1);
        assertThat(both.out()).contains("1 of 2 finished, 1 failed; the report is ");
        assertThat(both.err())
                .contains("broken: failed: ", "none.safetensors", "krnkmd: trained: ", "1/1")
                .doesNotContain("\r", "\u001b");
        assertThat(folder.resolve("lora/krnkmd/krnkmd.safetensors")).isNotEmptyFile();

        CommandRun again = CommandRun.of("train", folder.toString(), "--names=krnkmd", "--device=cpu", "--json");

        assertThat(again.exitCode()).as(again.err()).isZero();
        JsonNode lora = again.result().get("loras").get(0);
        assertThat(lora.get("name").asText()).isEqualTo("krnkmd");
        assertThat(lora.get("outcome").asText()).isEqualTo("skipped");
    }

    @Test
    void loras_that_are_trained_together_are_told_apart_by_their_names() throws IOException {
        write("tyankmk", "model_name: chibi");

        CommandRun run = CommandRun.of(
                "train", folder.toString(), "--all", "--together=2", "--device=cpu", "--threads=1", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .filteredOn(line -> line.startsWith("{\"event\":\"iteration\""))
                .satisfiesExactlyInAnyOrder(
                        line -> assertThat(line).contains("\"name\":\"krnkmd\""),
                        line -> assertThat(line).contains("\"name\":\"tyankmk\""));
        assertThat(run.result().get("finished").asInt()).isEqualTo(2);
        assertThat(folder.resolve("lora/tyankmk/tyankmk.safetensors")).isNotEmptyFile();
    }

    @Test
    void none_at_the_same_time_is_refused() {
        CommandRun run = CommandRun.of("train", folder.toString(), "--together=0");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("together is 0");
    }

    @Test
    void train_downloads_a_model_that_is_missing_and_shows_it() throws IOException {
        byte[] model = Files.readAllBytes(folder.resolve("model/chibi.safetensors"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/far.safetensors", exchange -> {
            exchange.sendResponseHeaders(200, model.length);
            exchange.getResponseBody().write(model);
            exchange.close();
        });
        server.start();
        try {
            write(
                    "krnkmd",
                    "model_name: far\nmodel_url: http://127.0.0.1:"
                            + server.getAddress().getPort() + "/far.safetensors");

            CommandRun run = CommandRun.of("train", folder.toString(), "--device=cpu", "--threads=1");

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.err()).contains("Downloading 100% [", "22/22 MB").doesNotContain("\r", "\u001b");
            assertThat(folder.resolve("model/far.safetensors")).hasBinaryContent(model);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void options_that_exclude_each_other_are_one_error() {
        CommandRun run = CommandRun.of("train", folder.toString(), "--names=krnkmd", "--all", "--json");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: --names").containsOnlyOnce("Error");
        assertThat(run.result().get("message").textValue()).startsWith("--names");
    }

    @Test
    void a_name_that_is_not_there_is_met_with_the_nearest_one() {
        CommandRun run = CommandRun.of("train", folder.toString(), "--names=krnkm", "--device=cpu");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("did you mean krnkmd?");
    }

    @Test
    void options_for_a_configuration_are_refused_with_a_workspace() {
        CommandRun run = CommandRun.of("train", folder.toString(), "--output=elsewhere");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--output is given with a workspace");
    }

    private void write(String name, String model) throws IOException {
        Files.writeString(folder.resolve("prompts").resolve(name + ".yaml"), PROMPTS);
        Files.writeString(folder.resolve("config").resolve(name + ".yaml"), model + """

                train_iterations: 1
                train_lr: 1e-3
                latents: noise
                loss_weighting: uniform
                preservation_latents: shared
                measure_quality: false
                preview: false
                """);
    }
}
