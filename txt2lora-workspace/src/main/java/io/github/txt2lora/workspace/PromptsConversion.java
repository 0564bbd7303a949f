package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Prompts of one program as another one reads them.
 *
 * @param format the form that they are written in
 * @param prompts all pairs that the file stands for, in their order
 * @param losses what the file that is written does not mean any more, one text each; none if nothing is lost
 * @param warnings what the user should know about the file that was read, one text each: keys without effect too, which
 *     are not written
 * @param text the content of the new file
 */
public record PromptsConversion(
        PromptsFormat format, List<PromptPair> prompts, List<String> losses, List<String> warnings, String text) {

    /** Copies the lists. */
    public PromptsConversion {
        Check.given("format", format);
        prompts = List.copyOf(prompts);
        losses = List.copyOf(losses);
        warnings = List.copyOf(warnings);
        Check.given("text", text);
    }

    /**
     * Reads a file of any form: kohya's if its name ends with {@code .toml}, otherwise LECO's or that of workspaces, which
     * has more keys.
     *
     * @param to the form to write
     * @throws InvalidSettingException if the file is missing or anything in it is wrong; the message names file, line and
     *     key of everything that is
     * @throws StorageException if the file cannot be read
     */
    public static PromptsConversion read(Path file, PromptsFormat to) {
        Check.path("input", file);
        Check.given("format", to);
        // keys without effect are no errors of LECO's files
        LecoPromptsFile read = LecoPromptsFile.read(file, UnknownKeys.IGNORED);
        // told of the pairs, where it is a loss
        List<String> warnings = read.warnings().stream()
                .filter(warning -> !warning.endsWith(KohyaPrompts.OTHER_SIDES))
                .toList();
        List<String> losses = new ArrayList<>();
        List<PromptPair> prompts = read.prompts();
        for (int i = 0; i < prompts.size(); i++) {
            String pair = "pair " + (i + 1) + " (" + Excerpt.of(prompts.get(i).inWords()) + "): ";
            to.losses(prompts.get(i), PromptsFormat.of(file)).forEach(loss -> losses.add(pair + loss));
        }
        return new PromptsConversion(to, prompts, losses, warnings, to.text(prompts));
    }

    /**
     * Writes the file, which replaces another one.
     *
     * @throws InvalidSettingException if its name has not the extension of the form
     * @throws StorageException if it cannot be written, or is a link
     */
    public void write(Path file) {
        Check.path("output", file);
        if (!format.fits(file)) {
            throw new InvalidSettingException("output is " + file + "; expected a name that ends with "
                    + (format == PromptsFormat.KOHYA ? ".toml, by which kohya's prompts are known" : ".yaml"));
        }
        RegularFile.requireReplaceable(file);
        AtomicFile.write(file, text);
    }
}
