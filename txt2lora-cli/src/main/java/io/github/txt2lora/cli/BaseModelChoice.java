package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Finds the keys of settings that name a base model. */
record BaseModelChoice(Workspace workspace) {

    private static final String EXTENSION = ".safetensors";

    /**
     * The keys for what a user calls a model.
     *
     * @param model the name of one in the workspace, or a path from the current folder
     * @throws InvalidSettingException if there is none
     */
    Map<String, String> of(String model) {
        List<String> names = names();
        String name = withoutExtension(model);
        if (names.contains(name)) {
            return Map.of("model_name", name);
        }
        try {
            for (Path path : List.of(Path.of(model), Path.of(model + EXTENSION))) {
                if (!model.isBlank() && Files.exists(path)) {
                    return at(path.toAbsolutePath().normalize());
                }
            }
        } catch (InvalidPathException e) {
            // said below
        }
        throw new InvalidSettingException("--model is " + Excerpt.quoted(model) + "; expected "
                + (names.isEmpty()
                        ? ""
                        : "one of " + FirstFew.of(names) + ", which are in " + workspace.modelFolder() + ", or ")
                + "the path of a .safetensors file or of a folder in diffusers' layout");
    }

    /**
     * The keys for the only model of the workspace.
     *
     * @throws InvalidSettingException if there is not exactly one
     */
    Map<String, String> onlyOne() {
        List<String> names = names();
        if (names.size() == 1) {
            return Map.of("model_name", names.get(0));
        }
        throw new InvalidSettingException(
                names.isEmpty()
                        ? "there is no model in " + workspace.modelFolder() + "; put one there, or give --model"
                        : "there are several models in " + workspace.modelFolder() + "; expected --model with one of "
                                + FirstFew.of(names));
    }

    /** One in the workspace is named rather than placed, so that the workspace can move. */
    private Map<String, String> at(Path path) {
        Path fileName = path.getFileName();
        return fileName != null && workspace.modelFolder().equals(path.getParent())
                ? Map.of("model_name", withoutExtension(fileName.toString()))
                : Map.of("model_path", path.toString());
    }

    private List<String> names() {
        if (!Files.isDirectory(workspace.modelFolder())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(workspace.modelFolder())) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .filter(file -> Files.isDirectory(file) || file.toString().endsWith(EXTENSION))
                    .map(file -> withoutExtension(file.getFileName().toString()))
                    .distinct()
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StorageException("Cannot list the folder " + workspace.modelFolder() + ": " + e, e);
        }
    }

    private static String withoutExtension(String name) {
        return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
    }
}
