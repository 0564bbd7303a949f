package io.github.txt2lora.text;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Excerpt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the inside of one tag as the web UI does: after the name come, in this order or as {@code te=}, {@code unet=}
 * and {@code dyn=}, the weight for the text encoders, that for the UNet, and a limit of the rank.
 */
final class LoraTagParser {

    private static final String TEXT_ENCODER = "te";
    private static final String UNET = "unet";

    private final String tag;
    private final List<String> positional = new ArrayList<>();
    private final Map<String, String> named = new HashMap<>();
    private final List<String> ignored = new ArrayList<>();

    private LoraTagParser(String tag) {
        this.tag = tag;
    }

    /**
     * Reads a tag.
     *
     * @param warnings gets a sentence if the tag has parts that are not supported
     * @throws InvalidSettingException if it has no name, or a weight is no finite number
     */
    static LoraTag parse(String tag, List<String> warnings) {
        var parser = new LoraTagParser(tag);
        String[] fields = tag.substring(tag.indexOf(':') + 1, tag.length() - 1).split(":", -1);
        String name = fields[0].strip();
        if (name.isEmpty()) {
            throw parser.malformed();
        }
        for (int i = 1; i < fields.length; i++) {
            parser.accept(fields[i]);
        }
        LoraTag read = parser.read(name);
        if (!parser.ignored.isEmpty()) {
            warnings.add("the LoRA " + Excerpt.quoted(name) + " in the prompt: "
                    + Excerpt.of(String.join(", ", parser.ignored))
                    + " is not supported and has no effect; expected weights only, <lora:name:0.8> or"
                    + " <lora:name:te=0.5:unet=1>");
        }
        return read;
    }

    private void accept(String field) {
        int equals = field.indexOf('=');
        String key = field.substring(0, Math.max(0, equals)).strip();
        if (equals >= 0 && (key.equals(TEXT_ENCODER) || key.equals(UNET))) {
            named.put(key, field.substring(equals + 1));
        } else if (equals >= 0 || positional.size() == 2) {
            ignored.add(field.strip());
        } else {
            positional.add(field);
        }
    }

    private LoraTag read(String name) {
        double textEncoder = weight(TEXT_ENCODER, 0, 1);
        return new LoraTag(name, textEncoder, weight(UNET, 1, textEncoder));
    }

    private double weight(String key, int position, double otherwise) {
        String text = named.get(key);
        if (text == null) {
            text = position < positional.size() ? positional.get(position) : null;
        }
        return text == null ? otherwise : number(text);
    }

    private double number(String text) {
        double number;
        try {
            number = Double.parseDouble(text.strip());
        } catch (NumberFormatException e) {
            throw malformed();
        }
        if (!Double.isFinite(number)) {
            throw malformed();
        }
        return number;
    }

    private InvalidSettingException malformed() {
        return InvalidSettingException.of(
                "LoRA in the prompt", tag, "<lora:name:weight>, for example <lora:krnkmd:0.8>");
    }
}
