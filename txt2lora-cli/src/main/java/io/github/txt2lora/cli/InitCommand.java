package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora init}. */
@Command(
        name = "init",
        description = {
            "Creates a workspace with the settings and prompts of an example, krnkmd, a black-haired"
                    + " cat maid. Comments in the files explain them.",
            "With --demo, it contains a small model that trains within minutes on a CPU. Without it,"
                    + " put your model into the folder model."
        },
        footer = {"  txt2lora init --demo Txt2Lora", "  txt2lora train Txt2Lora"})
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class InitCommand implements Callable<Integer> {

    private static final String NAME = "krnkmd";

    @Parameters(
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The folder of the workspace, created when needed. Default: the current folder.")
    private Path folder;

    @Option(names = "--demo", description = "Put the demo model into it, and settings for that.")
    private boolean demo;

    @Option(names = "--force", description = "Replace existing files.")
    private boolean force;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Workspace workspace = Workspace.create(folder);
        Map<Path, String> texts = new LinkedHashMap<>();
        texts.put(workspace.configFile(NAME), demo ? "config-demo.yaml" : "config.yaml");
        texts.put(workspace.promptsFolder().resolve(NAME + ".yaml"), demo ? "prompts-demo.yaml" : "prompts.yaml");
        texts.keySet().forEach(RegularFile::requireReplaceable);
        requireFree(texts.keySet().stream().filter(Files::exists).toList());
        texts.forEach((file, resource) -> AtomicFile.write(file, text(resource)));
        if (demo) {
            DemoCheckpoint.copyTo(workspace.modelFolder());
        }
        common.output()
                .result(
                        JsonLine.result()
                                .put("workspace", workspace.folder())
                                .put("files", texts.keySet())
                                .put("demo", demo),
                        "Made " + workspace.folder() + System.lineSeparator() + nextStep());
        return ExitCode.OK;
    }

    private void requireFree(List<Path> existing) {
        if (!force && !existing.isEmpty()) {
            throw new InvalidSettingException(existing.get(0)
                    + " already exists, and nothing was changed; choose another folder, or --force to replace it");
        }
    }

    private String nextStep() {
        return demo
                ? "Next: txt2lora train " + folder
                : "Next: put a model into it, name it in config/" + NAME + ".yaml, and run txt2lora check " + folder;
    }

    static String text(String resource) {
        try (InputStream in = Objects.requireNonNull(InitCommand.class.getResourceAsStream("init/" + resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new StorageException("The example cannot be read out of its jar: " + e, e);
        }
    }
}
