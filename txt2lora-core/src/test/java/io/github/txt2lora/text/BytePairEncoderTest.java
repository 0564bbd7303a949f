package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BytePairEncoderTest {

    private final ClipVocabulary vocabulary = ClipVocabulary.load();
    private final BytePairEncoder encoder = new BytePairEncoder(vocabulary);

    @Test
    void empty_word_has_no_tokens() {
        assertThat(encoder.encode(new byte[0])).isEmpty();
    }

    @Test
    void every_byte_has_a_token_of_its_own() {
        for (int value = 0; value < 256; value++) {
            assertThat(encoder.encode(new byte[] {(byte) value})).hasSize(1);
        }
    }

    @Test
    void agrees_with_merging_the_first_learned_pair_again_and_again() {
        Random random = new Random(1);
        for (int i = 0; i < 3000; i++) {
            byte[] word = randomWord(random);

            assertThat(encoder.encode(word))
                    .as(new String(word, StandardCharsets.ISO_8859_1))
                    .isEqualTo(encodeByDefinition(word));
        }
    }

    /** Few different letters, so that many merges compete; now and then any byte. */
    private static byte[] randomWord(Random random) {
        String letters = "eeaitnsorhl".substring(random.nextInt(10));
        byte[] word = new byte[1 + random.nextInt(40)];
        for (int i = 0; i < word.length; i++) {
            boolean letter = random.nextInt(10) > 0;
            word[i] = (byte) (letter ? letters.charAt(random.nextInt(letters.length())) : random.nextInt(256));
        }
        return word;
    }

    private int[] encodeByDefinition(byte[] word) {
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < word.length; i++) {
            tokens.add(vocabulary.byteId(Byte.toUnsignedInt(word[i]), i == word.length - 1));
        }
        int best = bestMerge(tokens);
        while (best != ClipVocabulary.NO_MERGE) {
            for (int i = 0; i + 1 < tokens.size(); i++) {
                if (vocabulary.merge(tokens.get(i), tokens.get(i + 1)) == best) {
                    tokens.set(i, best);
                    tokens.remove(i + 1);
                }
            }
            best = bestMerge(tokens);
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    private int bestMerge(List<Integer> tokens) {
        int best = ClipVocabulary.NO_MERGE;
        for (int i = 0; i + 1 < tokens.size(); i++) {
            int merged = vocabulary.merge(tokens.get(i), tokens.get(i + 1));
            if (merged != ClipVocabulary.NO_MERGE && (best == ClipVocabulary.NO_MERGE || merged < best)) {
                best = merged;
            }
        }
        return best;
    }
}
