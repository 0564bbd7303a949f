package io.github.txt2lora.workspace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where tables, keys and values stand in a TOML text, which Jackson's parser does not tell. Only what is valid is told apart
 * here; of what has no place, the place around it is taken.
 */
final class TomlPlaces {

    /**
     * A place.
     *
     * @param line from 1
     * @param column from 1, in characters
     */
    record Place(int line, int column) {}

    private static final Place START = new Place(1, 1);

    /** Deeper ones are refused, and would overflow the stack. */
    private static final int DEEPEST = 100;

    private final String text;
    private final Map<List<Object>, Place> places = new HashMap<>();
    private final Map<List<Object>, Integer> tables = new HashMap<>();
    private @Nullable Place duplicate;
    private int at;
    private int line = 1;
    private int lineStart;
    private int counted;

    private TomlPlaces(String text) {
        this.text = text;
    }

    /** Finds the places in a text; in one that is not valid, those before what is wrong. */
    static TomlPlaces of(String text) {
        var found = new TomlPlaces(text);
        found.document();
        return found;
    }

    /**
     * A place.
     *
     * @param path names of tables and keys, and numbers of elements
     */
    Place at(List<Object> path) {
        for (int length = path.size(); length > 0; length--) {
            Place place = places.get(path.subList(0, length));
            if (place != null) {
                return place;
            }
        }
        return START;
    }

    /** The first key that is given a second time. */
    Optional<Place> duplicate() {
        return Optional.ofNullable(duplicate);
    }

    private void document() {
        List<Object> table = List.of();
        skipBetween();
        while (at < text.length()) {
            int before = at;
            if (text.charAt(at) == '[') {
                table = header();
            } else {
                keyAndValue(table);
            }
            skipBetween();
            if (at == before) {
                return; // no TOML, and so no more places
            }
        }
    }

    private List<Object> header() {
        Place place = here();
        boolean isElement = text.startsWith("[[", at);
        at += isElement ? 2 : 1;
        List<Object> path = new ArrayList<>();
        List<String> keys = keys();
        for (int i = 0; i < keys.size(); i++) {
            path.add(keys.get(i));
            List<Object> named = List.copyOf(path);
            places.putIfAbsent(named, place);
            boolean isLast = i == keys.size() - 1;
            if (isLast && isElement) {
                path.add(tables.merge(named, 1, Integer::sum) - 1);
                places.put(List.copyOf(path), place);
            } else if (tables.containsKey(named)) {
                path.add(Objects.requireNonNull(tables.get(named)) - 1);
            }
        }
        skip(']');
        skip(']');
        return List.copyOf(path);
    }

    private void keyAndValue(List<Object> table) {
        List<Object> path = new ArrayList<>(table);
        Place place = here();
        Place earlier = null;
        for (String key : keys()) {
            path.add(key);
            earlier = places.putIfAbsent(List.copyOf(path), place);
        }
        if (earlier != null && duplicate == null) {
            duplicate = place;
        }
        skip('=');
        skipBlank();
        value(List.copyOf(path));
    }

    private List<String> keys() {
        List<String> keys = new ArrayList<>();
        do {
            skipBlank();
            keys.add(key());
            skipBlank();
        } while (skip('.'));
        return keys;
    }

    private String key() {
        int from = at;
        if (isAt('"') || isAt('\'')) {
            string();
            return text.substring(Math.min(from + 1, at), Math.max(from + 1, at - 1));
        }
        while (at < text.length() && " \t\r\n.=[]{},#\"'".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(from, at);
    }

    private void value(List<Object> path) {
        if (path.size() > DEEPEST) {
            at = text.length();
        } else if (isAt('"') || isAt('\'')) {
            string();
        } else if (skip('[')) {
            elements(path);
        } else if (skip('{')) {
            members(path);
        } else {
            while (at < text.length() && ",]}#\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
        }
    }

    private void elements(List<Object> path) {
        skipBetween();
        for (int i = 0; at < text.length() && !isAt(']'); i++) {
            List<Object> element = new ArrayList<>(path);
            element.add(i);
            if (isAt('{') || isAt('[')) {
                places.put(List.copyOf(element), here());
            }
            int before = at;
            value(element);
            skipBetween();
            skip(',');
            skipBetween();
            if (at == before) {
                return;
            }
        }
        skip(']');
    }

    private void members(List<Object> path) {
        skipBetween();
        while (at < text.length() && !isAt('}')) {
            int before = at;
            keyAndValue(path);
            skipBetween();
            skip(',');
            skipBetween();
            if (at == before) {
                return;
            }
        }
        skip('}');
    }

    private void string() {
        char quote = text.charAt(at);
        String three = String.valueOf(quote).repeat(3);
        boolean isLong = text.startsWith(three, at);
        at += isLong ? 3 : 1;
        while (at < text.length() && !(isLong ? text.startsWith(three, at) : isAt(quote))) {
            at += quote == '"' && isAt('\\') ? 2 : 1;
        }
        at = Math.min(text.length(), at + (isLong ? 3 : 1));
        // up to two quotes may stand before the three that end it
        while (isLong && isAt(quote)) {
            at++;
        }
    }

    private boolean isAt(char c) {
        return at < text.length() && text.charAt(at) == c;
    }

    private boolean skip(char c) {
        boolean isThere = isAt(c);
        if (isThere) {
            at++;
        }
        return isThere;
    }

    private void skipBlank() {
        while (isAt(' ') || isAt('\t')) {
            at++;
        }
    }

    /** Skips blanks, ends of lines and comments. */
    private void skipBetween() {
        while (at < text.length()) {
            if (" \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            } else if (isAt('#')) {
                while (at < text.length() && !isAt('\n')) {
                    at++;
                }
            } else {
                return;
            }
        }
    }

    private Place here() {
        for (; counted < at; counted++) {
            if (text.charAt(counted) == '\n') {
                line++;
                lineStart = counted + 1;
            }
        }
        return new Place(line, text.codePointCount(lineStart, at) + 1);
    }
}
