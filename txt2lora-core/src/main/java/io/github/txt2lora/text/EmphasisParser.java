package io.github.txt2lora.text;

import io.github.txt2lora.text.PromptPiece.ChunkBreak;
import io.github.txt2lora.text.PromptPiece.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the brackets of a prompt as AUTOMATIC1111's web UI does: {@code (a)} weighs 1.1, {@code (a:1.4)} 1.4,
 * {@code [a]} 1 / 1.1; brackets multiply where they nest, and round and square ones may overlap. An opening bracket
 * that is never closed reaches to the end; a closing one that was never opened, and a number that is none, are text.
 * Takes linear time and constant stack, whatever it is given.
 */
final class EmphasisParser {

    private static final double BRACKET = 1.1;

    /** Every repetition is possessive, so that nothing is scanned twice. */
    private static final Pattern TOKEN =
            Pattern.compile("\\\\[()\\[\\]\\\\]|\\\\|[()\\[\\]]|:\\s*+([+-]?+[.0-9]++)\\s*+\\)|[^\\\\()\\[\\]:]++|:");

    private static final Pattern BREAK = Keyword.pattern("BREAK");

    /** Texts in order; null stands for a break. */
    private final List<@Nullable String> texts = new ArrayList<>();

    private final BracketWeights round = new BracketWeights();
    private final BracketWeights square = new BracketWeights();

    private EmphasisParser() {}

    /** Reads a prompt; neighbours of equal weight are joined. Never throws. */
    static Emphasised parse(String prompt) {
        var parser = new EmphasisParser();
        Matcher token = TOKEN.matcher(prompt);
        while (token.find()) {
            parser.accept(token.group(), token.group(1));
        }
        int unclosed = parser.round.open() + parser.square.open();
        return new Emphasised(parser.pieces(), unclosed);
    }

    private void accept(String token, @Nullable String number) {
        if (token.equals("(")) {
            round.open(texts.size());
        } else if (token.equals("[")) {
            square.open(texts.size());
        } else if (token.equals("]") && square.open() > 0) {
            square.close(texts.size(), 1 / BRACKET);
        } else if (token.equals(")") && round.open() > 0) {
            round.close(texts.size(), BRACKET);
        } else if (number != null && round.open() > 0) {
            closeWithNumber(token, number);
        } else if (token.startsWith("\\")) {
            texts.add(token.substring(1));
        } else {
            addWithBreaks(token);
        }
    }

    private void closeWithNumber(String token, String number) {
        double weight;
        try {
            weight = Double.parseDouble(number);
        } catch (NumberFormatException e) {
            texts.add(token.substring(0, token.length() - 1));
            weight = BRACKET;
        }
        round.close(texts.size(), weight);
    }

    private void addWithBreaks(String text) {
        Matcher found = BREAK.matcher(text);
        int start = 0;
        while (found.find()) {
            texts.add(text.substring(start, found.start()).strip());
            texts.add(null);
            start = found.end();
        }
        String rest = text.substring(start);
        texts.add(start == 0 ? rest : rest.stripLeading());
    }

    private List<PromptPiece> pieces() {
        double[] roundWeights = round.weights(texts.size(), BRACKET);
        double[] squareWeights = square.weights(texts.size(), 1 / BRACKET);
        List<PromptPiece> pieces = new ArrayList<>();
        StringBuilder run = new StringBuilder();
        double runWeight = 1;
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            double weight = BracketWeights.limited(roundWeights[i] * squareWeights[i]);
            if (text == null || weight != runWeight) {
                flush(run, runWeight, pieces);
                runWeight = weight;
            }
            if (text == null) {
                pieces.add(new ChunkBreak());
            } else {
                run.append(text);
            }
        }
        flush(run, runWeight, pieces);
        return pieces;
    }

    private static void flush(StringBuilder run, double weight, List<PromptPiece> pieces) {
        if (!run.isEmpty()) {
            pieces.add(new Words(run.toString(), weight));
            run.setLength(0);
        }
    }
}
