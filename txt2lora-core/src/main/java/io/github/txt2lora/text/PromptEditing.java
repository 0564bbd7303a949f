package io.github.txt2lora.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the web UI's prompt editing, {@code [before:after:when]} and {@code [one|other]}, which changes a prompt
 * between steps. Nothing of the kind happens here.
 */
final class PromptEditing {

    /** Possessive, so that no number is scanned twice. */
    private static final Pattern WHEN = Pattern.compile("\\s*+[+-]?+(?:\\d++(?:\\.\\d*+)?+|\\.\\d++)\\s*+");

    private PromptEditing() {}

    /** A bracket that is open. */
    private static final class Open {

        private final int start;
        private final boolean square;
        private boolean hasBar;
        private int lastColon = -1;

        Open(int start, boolean square) {
            this.start = start;
            this.square = square;
        }

        boolean edits(String prompt, int end) {
            return square && (hasBar || hasNumber(prompt, end));
        }

        private boolean hasNumber(String prompt, int end) {
            return lastColon >= 0
                    && WHEN.matcher(prompt).region(lastColon + 1, end).matches();
        }
    }

    /** The first place that the web UI would edit, with its brackets. Takes linear time. */
    static Optional<String> find(String prompt) {
        Deque<Open> around = new ArrayDeque<>();
        for (int i = 0; i < prompt.length(); i++) {
            char c = prompt.charAt(i);
            Open open = around.peek();
            if (c == '\\') {
                i++;
            } else if (c == '[' || c == '(') {
                around.push(new Open(i, c == '['));
            } else if (open != null && c == (open.square ? ']' : ')')) {
                if (open.edits(prompt, i)) {
                    return Optional.of(prompt.substring(open.start, i + 1));
                }
                around.pop();
            } else if (open != null && c == '|') {
                open.hasBar = true;
            } else if (open != null && c == ':') {
                open.lastColon = i;
            }
        }
        return Optional.empty();
    }
}
