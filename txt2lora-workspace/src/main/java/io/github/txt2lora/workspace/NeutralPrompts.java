package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads files with a neutral prompt on each line.
 *
 * @param prompts the prompts file, beside which they lie
 * @param within the folder that they must lie in; empty for any
 */
record NeutralPrompts(Path prompts, Optional<Path> within) {

    /**
     * The prompts of a file, without blank lines.
     *
     * @param path as the prompts file gives it
     * @throws InvalidSettingException if there is none, or no such file, or it lies outside; the message begins with
     *     what is wrong with the path
     */
    List<String> read(String path) {
        Path file = resolved(path);
        if (within.isPresent() && !file.startsWith(within.get())) {
            throw new InvalidSettingException("is " + Problems.quote(path)
                    + ", which lies outside of the workspace; expected a path within " + within.get());
        }
        if (Files.notExists(file)) {
            throw new InvalidSettingException("is " + Problems.quote(path)
                    + "; expected a text file with a prompt on each line, but there is no " + file);
        }
        List<String> lines = SettingsYaml.text(file, "a prompt on each line")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (lines.isEmpty()) {
            throw new InvalidSettingException(
                    "is " + Problems.quote(path) + "; expected a prompt on each line, but " + file + " has none");
        }
        return lines;
    }

    private Path resolved(String path) {
        try {
            return prompts.toAbsolutePath().resolveSibling(path).normalize();
        } catch (InvalidPathException e) {
            throw new InvalidSettingException("is " + Problems.quote(path) + "; expected a path: " + e.getReason(), e);
        }
    }
}
