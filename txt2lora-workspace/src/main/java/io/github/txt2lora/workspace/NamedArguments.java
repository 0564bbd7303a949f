package io.github.txt2lora.workspace;

import io.github.txt2lora.internal.NearestWord;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of an optimizer or a schedule as LECO and kohya's scripts write them, such as
 * {@code betas=(0.8,0.95) eps=1e-6 weight_decay=0.1}, read by name. Problems are noted on the line of the key that
 * holds them; a getter then gives its default.
 */
final class NamedArguments implements Arguments {

    private static final Pattern ARGUMENT =
            Pattern.compile("\\s*+(\\w++)\\s*+=\\s*+(\\([^()]*+\\)|\\[[^\\[\\]]*+\\]|[^\\s=]++)(?:\\s++|$)");

    private final SettingsSection section;
    private final String key;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();

    /** Reads the arguments that stand under a key. */
    NamedArguments(SettingsKeys keys, SettingKey setting) {
        section = keys.section(setting);
        key = keys.name(setting);
        String text = section.value(key, Kind.TEXT, "").strip();
        Matcher argument = ARGUMENT.matcher(text);
        int at = 0;
        while (at < text.length()) {
            argument.region(at, text.length());
            if (!argument.lookingAt()) {
                section.report(key, text.substring(at), "arguments such as 'weight_decay=0.1 betas=(0.9,0.99)'");
                return;
            }
            if (values.putIfAbsent(argument.group(1), argument.group(2)) != null) {
                section.report(key, argument.group(1) + " is given twice; remove one of them");
            }
            at = argument.end();
        }
    }

    @Override
    public double number(String name, double fallback) {
        return numberIfGiven(name, OptionalDouble.empty()).orElse(fallback);
    }

    @Override
    public OptionalDouble numberIfGiven(String name, OptionalDouble fallback) {
        String text = value(name);
        if (text == null || text.equals("None")) {
            return fallback;
        }
        Double number = Kind.parseNumber(text);
        if (number == null) {
            report(name, text, "a number");
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(number);
    }

    @Override
    public int integer(String name, int fallback) {
        double number = number(name, fallback);
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            report(name, String.valueOf(number), "a whole number");
            return fallback;
        }
        return (int) number;
    }

    @Override
    public double[] pair(String name, double first, double second) {
        String text = value(name);
        if (text == null) {
            return new double[] {first, second};
        }
        String[] parts = text.replaceAll("[()\\[\\]]", "").split(",", -1);
        if (parts.length == 2) {
            Double one = Kind.parseNumber(parts[0].strip());
            Double other = Kind.parseNumber(parts[1].strip());
            if (one != null && other != null) {
                return new double[] {one, other};
            }
        }
        report(name, text, "two numbers such as (" + first + "," + second + ")");
        return new double[] {first, second};
    }

    @Override
    public boolean flag(String name, boolean fallback) {
        String text = value(name);
        if (text == null) {
            return fallback;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> {
                report(name, text, "True or False");
                yield fallback;
            }
        };
    }

    @Override
    public void only(String name, boolean value) {
        if (flag(name, value) != value) {
            report(name, String.valueOf(!value), String.valueOf(value));
        }
    }

    /** Notes every argument that was not asked for, with the nearest one that could have been. */
    void reportUnknown() {
        String hint = known.isEmpty() ? "expected none" : "known here: " + String.join(", ", known);
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                String nearest = known.isEmpty() ? "" : "; did you mean " + NearestWord.to(name, known) + "?";
                section.report(key, Problems.quote(name) + " is unknown" + nearest + " (" + hint + ")");
            }
        }
    }

    private @Nullable String value(String name) {
        known.add(name);
        return values.get(name);
    }

    private void report(String name, String found, String expected) {
        section.report(key, name + " is " + Problems.quote(found) + "; expected " + expected);
    }
}
