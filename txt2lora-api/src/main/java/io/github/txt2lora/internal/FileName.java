package io.github.txt2lora.internal;

import io.github.txt2lora.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The rule for names that become files: what is valid on Linux, macOS and Windows alike, so that a LoRA can move
 * between them, and what can stand in a prompt as {@code <lora:name:1>}.
 */
public final class FileName {

    /** Most characters a name may have; {@value}. */
    public static final int MAX_CHARACTERS = 120;

    /** File systems allow 255 bytes; the rest is left for extensions and iteration numbers. */
    private static final int MAX_BYTES = 200;

    private static final String LORA_ENDING = ".safetensors";

    private static final String FORBIDDEN = "/\\:*?\"<>|";

    private static final Pattern WINDOWS_DEVICE =
            Pattern.compile("(CON|PRN|AUX|NUL|(COM|LPT)[0-9\u00b9\u00b2\u00b3])(\\..*)?", Pattern.CASE_INSENSITIVE);

    private FileName() {}

    /** Returns {@code name}, or rejects it and says which rule it breaks. */
    public static String check(String setting, String name) {
        Check.given(setting, name);
        if (name.isBlank()) {
            throw InvalidSettingException.of(setting, name, "a name with at least one visible character");
        }
        if (name.length() > MAX_CHARACTERS || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            throw InvalidSettingException.of(
                    setting, name, "at most " + MAX_CHARACTERS + " characters and " + MAX_BYTES + " bytes in UTF-8");
        }
        if (name.chars().anyMatch(c -> Character.isISOControl(c) || FORBIDDEN.indexOf(c) >= 0)) {
            throw InvalidSettingException.of(
                    setting, name, "a file name without control characters and without any of " + FORBIDDEN);
        }
        if (name.startsWith(" ") || name.endsWith(" ") || name.endsWith(".")) {
            throw InvalidSettingException.of(
                    setting, name, "a file name that neither begins nor ends with a space and does not end with a dot");
        }
        if (WINDOWS_DEVICE.matcher(name).matches()) {
            throw InvalidSettingException.of(setting, name, "a name that is not one of Windows' devices");
        }
        return checkRepresentable(setting, name);
    }

    /**
     * As {@link #check}, for the name of a LoRA, whose file gets its ending by itself.
     *
     * @throws InvalidSettingException if the name cannot be a file name, or has the ending already
     */
    public static String checkLora(String setting, String name) {
        check(setting, name);
        int stem = name.length() - LORA_ENDING.length();
        if (stem >= 0 && name.regionMatches(true, stem, LORA_ENDING, 0, LORA_ENDING.length())) {
            throw InvalidSettingException.of(
                    setting,
                    name,
                    "a name without " + LORA_ENDING + ", which the file gets by itself; leave the ending out");
        }
        return name;
    }

    /** Unpaired surrogates, and on systems with an old locale letters outside of it, cannot be file names. */
    private static String checkRepresentable(String setting, String name) {
        try {
            return Path.of(name).toString();
        } catch (InvalidPathException e) {
            throw new InvalidSettingException(
                    setting + " is " + Excerpt.quoted(name)
                            + "; expected a name that this system can store as a file name: " + e.getReason(),
                    e);
        }
    }
}
