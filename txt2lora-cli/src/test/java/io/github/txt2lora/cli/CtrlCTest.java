package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in a real terminal, once a bar is shown. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CtrlCTest {

    private static final String BAR = "/1000000";

    @TempDir
    private Path folder;

    @Test
    void ctrl_c_keeps_what_was_trained_and_says_how_to_go_on() throws Exception {
        try (var terminal =
                PseudoTerminal.run(Txt2LoraCommand.class, "train", config(), "--device=cpu", "--threads=1")) {
            terminal.await(BAR);
            terminal.pressCtrlC();
            String shown = terminal.toEnd();

            assertThat(terminal.exitCode()).as(shown).isEqualTo(130);
            assertThat(shown).contains("the same command resumes from there").endsWith("\n");
            assertThat(names("loras"))
                    .hasSize(2)
                    .contains("krnkmd.safetensors")
                    .anyMatch(name -> name.endsWith(".state"));
        }
    }

    @Test
    void ctrl_c_in_a_batch_with_previews_leaves_a_report_of_its_end() throws Exception {
        Workspace workspace = Workspace.create(folder);
        DemoCheckpoint.copyTo(workspace.modelFolder());
        Files.writeString(workspace.promptsFile("krnkmd"), """
                - {target: krnkmd, positive: maid, action: enhance, resolution: 64}
                """);
        Files.writeString(workspace.configFile("krnkmd"), """
                model_name: chibi
                latents: noise
                preservation: drawn
                train_iterations: 1000000
                preview_share: 1
                """);
        Files.copy(workspace.promptsFile("krnkmd"), workspace.promptsFile("done"));
        Files.writeString(
                workspace.configFile("done"),
                Files.readString(workspace.configFile("krnkmd")).replace("1000000", "2"));
        try (var terminal = PseudoTerminal.run(
                Txt2LoraCommand.class,
                "train",
                folder.toString(),
                "--all",
                "--preview-every=1",
                "--device=cpu",
                "--threads=1")) {
            terminal.await("Preview after 3 iterations");
            terminal.pressCtrlC();
            String shown = terminal.toEnd();

            assertThat(terminal.exitCode()).as(shown).isEqualTo(130);
            assertThat(folder.resolve("lora/report.html"))
                    .content()
                    .contains("1 of 2 finished", "1 interrupted", "krnkmd-000003-0.png")
                    .contains("data:image/png") // the losses of the finished one
                    .doesNotContain("id=\"refresh\"");
            assertThat(names("lora/krnkmd")).anyMatch(name -> name.endsWith(".state"));
        }
    }

    @Test
    void a_window_that_is_closed_keeps_what_was_trained() throws Exception {
        try (var terminal =
                PseudoTerminal.run(Txt2LoraCommand.class, "train", config(), "--device=cpu", "--threads=1")) {
            terminal.await(BAR);
            ProcessHandle program = terminal.program();
            terminal.closeWindow();
            program.onExit().get(2, TimeUnit.MINUTES);

            assertThat(names("loras")).contains("krnkmd.safetensors").anyMatch(name -> name.endsWith(".state"));
        }
    }

    @Test
    void ctrl_c_while_a_picture_is_drawn_leaves_no_file() throws Exception {
        DemoCheckpoint.copyTo(folder);
        String output = Files.createDirectory(folder.resolve("pictures"))
                .resolve("maid.png")
                .toString();
        try (var terminal = PseudoTerminal.run(
                Txt2LoraCommand.class,
                "image",
                "--model=" + folder.resolve("chibi.safetensors"),
                "--output=" + output,
                "--size=64x64",
                "--steps=1000",
                "--count=100",
                "--device=cpu",
                "--threads=1",
                "krnkmd")) {
            terminal.await("/100000");
            terminal.pressCtrlC();
            String shown = terminal.toEnd();

            assertThat(terminal.exitCode()).as(shown).isEqualTo(130);
            assertThat(shown).contains("Interrupted; ").doesNotContain("Error").endsWith("\n");
            assertThat(names("pictures")).isEmpty();
        }
    }

    @Test
    void a_second_ctrl_c_ends_at_once() throws Exception {
        try (var terminal = PseudoTerminal.run(StubbornCommand.class)) {
            terminal.await(StubbornCommand.BEGUN);
            terminal.pressCtrlC();
            terminal.await(StubbornCommand.INTERRUPTED);
            terminal.pressCtrlC();
            String shown = terminal.toEnd();

            assertThat(terminal.exitCode()).as(shown).isEqualTo(130);
        }
    }

    private List<String> names(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(name))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    /** A configuration with everything it needs beside it. */
    private String config() throws IOException {
        DemoCheckpoint.copyTo(folder);
        Files.writeString(folder.resolve("prompts.yaml"), """
                - target: krnkmd
                  positive: maid uniform
                  action: enhance
                  resolution: 64
                """);
        return Files.writeString(folder.resolve("config.yaml"), """
                prompts_file: prompts.yaml
                pretrained_model:
                  name_or_path: chibi.safetensors
                train:
                  precision: float32
                  iterations: 1000000
                  max_denoising_steps: 3
                save:
                  name: krnkmd
                  path: loras
                """).toString();
    }
}
