package io.github.txt2lora.image;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The font of a grid: measures, wraps and draws labels. */
final class GridText {

    private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);

    /** Lines break after a space or a comma; prompts contain more commas. */
    private static final Pattern BREAK = Pattern.compile("(?<=[ ,])");

    /** File names break after punctuation, but not in a version such as 2.1, and before a capital. */
    private static final Pattern NAME_BREAK = Pattern.compile("(?<=[-_/\\\\])|(?<=\\.)(?!\\d)|(?<=\\p{Ll})(?=\\p{Lu})");

    private final FontMetrics metrics;

    private GridText(FontMetrics metrics) {
        this.metrics = metrics;
    }

    /** The font; empty on a Java runtime without fonts. */
    static Optional<GridText> find() {
        Graphics2D graphics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            return Optional.of(new GridText(graphics.getFontMetrics(FONT)));
        } catch (RuntimeException | InternalError | LinkageError e) {
            // what Java2D throws where fontconfig or FreeType is missing differs from version to version
            return Optional.empty();
        } finally {
            graphics.dispose();
        }
    }

    int lineHeight() {
        return metrics.getHeight();
    }

    /** The width of the widest line, in pixels. */
    int width(List<String> lines) {
        return lines.stream().mapToInt(metrics::stringWidth).max().orElse(0);
    }

    /**
     * Splits a label into lines of at most {@code width} pixels; none for a blank label. A word that exceeds a line,
     * such as a file name, starts on a new line and breaks at its punctuation, or else anywhere.
     */
    List<String> wrap(String label, int width) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : BREAK.split(label, -1)) {
            if (fits(word, width)) {
                line = append(lines, line, word, width);
            } else {
                lines.add(line.strip());
                line = "";
                for (String part : NAME_BREAK.split(word, -1)) {
                    line = append(lines, line, part, width);
                }
            }
        }
        lines.add(line.strip());
        lines.removeIf(String::isEmpty);
        return lines;
    }

    /** Adds the full lines and returns the incomplete one. */
    private String append(List<String> lines, String begun, String text, int width) {
        String line = begun + text;
        if (!begun.isEmpty() && !fits(line, width)) {
            lines.add(begun.strip());
            line = text;
        }
        while (!fits(line, width) && line.codePointCount(0, line.length()) > 1) {
            int end = prefix(line, width);
            lines.add(line.substring(0, end));
            line = line.substring(end);
        }
        return line;
    }

    /** Draws lines one below the other. */
    void draw(Graphics2D graphics, List<String> lines, int x, int y) {
        graphics.setFont(FONT);
        graphics.setColor(Color.BLACK);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        int baseline = y + metrics.getAscent();
        for (String line : lines) {
            graphics.drawString(line, x, baseline);
            baseline += lineHeight();
        }
    }

    private boolean fits(String text, int width) {
        return metrics.stringWidth(text.strip()) <= width;
    }

    /** The number of characters that fit of a word that is too long, at least 1. */
    private int prefix(String word, int width) {
        int end = word.offsetByCodePoints(0, 1);
        while (end < word.length() && fits(word.substring(0, word.offsetByCodePoints(end, 1)), width)) {
            end = word.offsetByCodePoints(end, 1);
        }
        return end;
    }
}
