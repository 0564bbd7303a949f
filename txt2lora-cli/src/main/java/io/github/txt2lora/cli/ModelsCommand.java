package io.github.txt2lora.cli;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora models}. */
@Command(
        name = "models",
        description = "Lists the base models in the folder model of a workspace.",
        footer = "  txt2lora models Txt2Lora --sha")
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class ModelsCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "WORKSPACE",
            defaultValue = ".",
            description = "The folder of the workspace. Default: the current folder.")
    private Path folder;

    @Option(names = "--sha", description = "Also print the SHA-256 of each file, which takes a while.")
    private boolean sha;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Workspace workspace = Workspace.open(folder);
        List<ModelDescription> models = models(workspace.modelFolder()).stream()
                .map(model -> ModelDescription.of(model, sha))
                .toList();
        String text = models.isEmpty()
                ? "There are no models in " + workspace.modelFolder()
                : String.join(
                        System.lineSeparator(),
                        models.stream().map(ModelDescription::text).toList());
        common.output()
                .result(
                        JsonLine.result()
                                .putParts(
                                        "models",
                                        models.stream()
                                                .map(ModelDescription::json)
                                                .toList()),
                        text);
        return ExitCode.OK;
    }

    private static List<Path> models(Path folder) {
        if (Files.notExists(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> Files.isDirectory(file)
                            || file.getFileName().toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StorageException("Cannot list the folder " + folder + ": " + e, e);
        }
    }
}
