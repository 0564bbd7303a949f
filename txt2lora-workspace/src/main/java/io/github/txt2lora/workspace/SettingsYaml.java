package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Excerpt;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a YAML file as far as its tree of nodes, which know their lines; no objects are made from it. Size, depth and
 * aliases are limited, so that no file can exhaust memory.
 */
final class SettingsYaml {

    static final String BYTE_ORDER_MARK = "\ufeff";

    /** Settings written by hand have a few kilobytes; prompts for hundreds of characters still fit. */
    private static final int MOST_BYTES = 1 << 20;

    /** A few entries may share their values; aliases within aliases multiply, so that a small file would be huge. */
    private static final int MOST_ALIASES = 50;

    /** Settings are two levels deep. The parser recurses, so that endless nesting would overflow the stack. */
    private static final int DEEPEST_NESTING = 20;

    /** Paths of Windows are the usual reason. */
    private static final String ESCAPES =
            "; in double quotes \\ begins an escape: write / in paths, or use single quotes";

    private SettingsYaml() {}

    /**
     * The root of a file's one document, null if it is empty.
     *
     * @throws InvalidSettingException if there is no such file, or it is no regular one, too large, not UTF-8, or not
     *     valid YAML
     * @throws StorageException if the file cannot be read
     */
    static @Nullable Node read(Path file) {
        return compose(file, text(file));
    }

    /**
     * The root of a text's one document, null if it is empty.
     *
     * @param file the text's file, for messages
     * @throws InvalidSettingException if it is not valid YAML
     */
    static @Nullable Node compose(Path file, String text) {
        LoaderOptions limits = new LoaderOptions();
        limits.setCodePointLimit(MOST_BYTES);
        limits.setMaxAliasesForCollections(MOST_ALIASES);
        limits.setNestingDepthLimit(DEEPEST_NESTING);
        limits.setAllowRecursiveKeys(false);
        // without causes, which show what stands around, such as an address with a secret in it
        try {
            return new Yaml(new SafeConstructor(limits)).compose(new StringReader(text));
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            String problem = String.valueOf(e.getProblem());
            throw new InvalidSettingException(file + ", line " + line + ": not valid YAML: " + Excerpt.of(problem)
                    + (problem.contains("escape") ? ESCAPES : ""));
        } catch (YAMLException e) {
            throw new InvalidSettingException(file + ": not valid YAML: " + Excerpt.of(String.valueOf(e.getMessage())));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // The parser does not foresee every malformed escape, such as one that the end of the text cuts off.
            throw new InvalidSettingException(
                    file + ": not valid YAML: " + Excerpt.of(String.valueOf(e.getMessage())) + ESCAPES);
        }
    }

    /**
     * The text of a file, without a mark of byte order.
     *
     * @throws InvalidSettingException if there is no such file, or it is no regular one, too large, or not UTF-8
     * @throws StorageException if the file cannot be read
     */
    static String text(Path file) {
        return text(file, "settings in YAML");
    }

    /**
     * As {@link #text(Path)}.
     *
     * @param content of such a file, for messages
     */
    static String text(Path file, String content) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // A device can be endless, and opening a pipe would wait for a writer.
            throw new InvalidSettingException(file + " is a folder, device or pipe; expected a file with " + content);
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new InvalidSettingException(file + " has " + Files.size(file)
                        + " bytes, too many for a file of settings; expected at most " + MOST_BYTES);
            }
            String text = Files.readString(file, StandardCharsets.UTF_8);
            return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
        } catch (NoSuchFileException e) {
            throw new InvalidSettingException("There is no file " + file + "; expected " + content + " there", e);
        } catch (CharacterCodingException e) {
            throw new InvalidSettingException(file + " is not encoded in UTF-8; save it as UTF-8", e);
        } catch (IOException e) {
            throw new StorageException("Cannot read " + file + ": " + e, e);
        }
    }
}
