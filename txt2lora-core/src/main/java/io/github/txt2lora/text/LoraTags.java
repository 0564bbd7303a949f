package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Excerpt;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A prompt whose tags {@code <lora:name:weight>} are taken out. As in the web UI a tag may have a second weight, for
 * the UNet where the first is for the text encoders; {@code <lyco:name:weight>} means the same; and what looks like the
 * tag of another network, such as {@code <hypernet:name:1>}, is taken out too.
 *
 * @param prompt the remaining prompt
 * @param loras the tags in order
 * @param warnings sentences about parts of the tags without effect
 */
public record LoraTags(String prompt, List<LoraTag> loras, List<String> warnings) {

    private static final Set<String> LORA = Set.of("lora", "lyco");

    /** Each one is looked up, opened, and adds its rank to what the network computes. */
    private static final int MOST_LORAS = 100;

    /** Copies the lists. */
    public LoraTags {
        loras = List.copyOf(loras);
        warnings = List.copyOf(warnings);
    }

    /**
     * Takes the tags out of a prompt; a {@code <lora:} without an end is text.
     *
     * @throws InvalidSettingException if a tag has no name or its weight is not a number, or there are more than 100
     */
    public static LoraTags extract(String prompt) {
        StringBuilder rest = new StringBuilder();
        List<LoraTag> loras = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        int copied = 0;
        int start = prompt.indexOf('<');
        int lastEnd = prompt.lastIndexOf('>');
        while (start >= 0 && start < lastEnd) {
            String kind = kindAt(prompt, start + 1);
            int end = kind.isEmpty() ? -1 : prompt.indexOf('>', start);
            if (end >= 0) {
                rest.append(prompt, copied, start);
                copied = end + 1;
                accept(kind, prompt.substring(start, end + 1), loras, warnings);
            }
            start = prompt.indexOf('<', Math.max(start + 1, copied));
        }
        rest.append(prompt, copied, prompt.length());
        return new LoraTags(rest.toString(), loras, warnings);
    }

    /** The word before the colon, empty if there is none. */
    private static String kindAt(String prompt, int start) {
        int end = start;
        while (end < prompt.length() && isOfWord(prompt.charAt(end))) {
            end++;
        }
        return end < prompt.length() && prompt.charAt(end) == ':' ? prompt.substring(start, end) : "";
    }

    private static boolean isOfWord(char character) {
        return Character.isLetterOrDigit(character) || character == '_';
    }

    private static void accept(String kind, String tag, List<LoraTag> loras, List<String> warnings) {
        if (LORA.contains(kind)) {
            loras.add(LoraTagParser.parse(tag, warnings));
            if (loras.size() > MOST_LORAS) {
                throw new InvalidSettingException(
                        "prompt names more than %d LoRAs; expected fewer".formatted(MOST_LORAS));
            }
        } else {
            warnings.add("the prompt has " + Excerpt.quoted(tag)
                    + ", which names no LoRA and is left out; expected <lora:name:weight>");
        }
    }
}
