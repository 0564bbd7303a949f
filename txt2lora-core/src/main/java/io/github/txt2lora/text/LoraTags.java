package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt whose tags {@code <lora:name:weight>} are taken out. As in the web UI a tag may have a second weight, for the
 * UNet where the first is for the text encoder. A LoRA has one weight here, so then the UNet's counts for both.
 *
 * @param prompt what remains
 * @param loras the tags in order
 */
public record LoraTags(String prompt, List<LoraTag> loras) {

    private static final String START = "<lora:";

    /** Each one is looked up, opened, and adds its rank to what the network computes. */
    private static final int MOST_LORAS = 100;

    /** Copies the list. */
    public LoraTags {
        loras = List.copyOf(loras);
    }

    /**
     * Takes the tags out of a prompt; a {@code <lora:} without an end is text.
     *
     * @throws InvalidSettingException if a tag has no name or its weight is not a number, or there are more than 100
     */
    public static LoraTags extract(String prompt) {
        StringBuilder rest = new StringBuilder();
        List<LoraTag> loras = new ArrayList<>();
        int at = 0;
        while (true) {
            int start = prompt.indexOf(START, at);
            int end = start < 0 ? -1 : prompt.indexOf('>', start);
            if (end < 0) {
                return new LoraTags(rest.append(prompt, at, prompt.length()).toString(), loras);
            }
            rest.append(prompt, at, start);
            loras.add(parse(prompt.substring(start, end + 1)));
            if (loras.size() > MOST_LORAS) {
                throw new InvalidSettingException(
                        "prompt names more than %d LoRAs; expected fewer".formatted(MOST_LORAS));
            }
            at = end + 1;
        }
    }

    private static LoraTag parse(String tag) {
        String[] fields = tag.substring(START.length(), tag.length() - 1).split(":", -1);
        String name = fields[0].strip();
        if (name.isEmpty() || fields.length > 3) {
            throw malformed(tag);
        }
        double weight = 1;
        if (fields.length > 1) {
            try {
                weight = Double.parseDouble(fields[fields.length - 1].strip());
            } catch (NumberFormatException e) {
                throw malformed(tag);
            }
        }
        if (!Double.isFinite(weight)) {
            throw malformed(tag);
        }
        return new LoraTag(name, weight);
    }

    private static InvalidSettingException malformed(String tag) {
        return InvalidSettingException.of(
                "LoRA in the prompt", tag, "<lora:name:weight>, for example <lora:krnkmd:0.8>");
    }
}
