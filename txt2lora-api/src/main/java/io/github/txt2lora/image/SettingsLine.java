package io.github.txt2lora.image;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code Steps: 20, Sampler: Euler a}; values with commas, colons or line ends are quoted as in JSON. */
final class SettingsLine {

    private SettingsLine() {}

    static String of(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(setting -> setting.getKey() + ": " + quotedIfNeeded(setting.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String quotedIfNeeded(String value) {
        if (value.chars().noneMatch(c -> c == ',' || c == ':' || c == '\n' || c == '"')) {
            return value;
        }
        String escaped = value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
        return '"' + escaped + '"';
    }

    /** The settings of a line, in order. Text not of the form {@code name: value} is ignored. */
    static Map<String, String> parse(String line) {
        Map<String, String> settings = new LinkedHashMap<>();
        int at = 0;
        while (at < line.length()) {
            int colon = line.indexOf(':', at);
            if (colon < 0) {
                break;
            }
            String name = line.substring(at, colon).strip();
            int start = colon + 1;
            while (start < line.length() && line.charAt(start) == ' ') {
                start++;
            }
            boolean quoted = start < line.length() && line.charAt(start) == '"';
            StringBuilder value = new StringBuilder();
            int end = quoted ? unquote(line, start + 1, value) : start;
            int comma = line.indexOf(',', end);
            int next = comma < 0 ? line.length() : comma;
            if (!quoted) {
                value.append(line, start, next);
            }
            if (!name.isEmpty()) {
                settings.put(name, value.toString().strip());
            }
            at = next + 1;
        }
        return settings;
    }

    /** Appends the text up to the closing quote; returns the position after it. */
    private static int unquote(String line, int start, StringBuilder value) {
        int at = start;
        while (at < line.length() && line.charAt(at) != '"') {
            char c = line.charAt(at);
            if (c == '\\' && at + 1 < line.length()) {
                at++;
                value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
            } else {
                value.append(c);
            }
            at++;
        }
        return Math.min(at + 1, line.length());
    }
}
