package io.github.txt2lora.text;

import io.github.txt2lora.text.PromptChunk.GivenVector;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The places of a plain prompt, filled one after the other. */
final class PromptPlaces {

    private final int[] ids = new int[ClipTokenizer.LENGTH];
    private final SortedMap<Integer, GivenVector> vectors = new TreeMap<>();
    private int used = 1;

    PromptPlaces(PadToken padToken) {
        Arrays.fill(ids, padToken.id());
        ids[0] = ClipTokenizer.START_OF_TEXT;
    }

    /** Adds the tokens of a word, as many as there is room for; tells whether all fit. */
    boolean add(int[] word) {
        int fitting = Math.min(word.length, room());
        System.arraycopy(word, 0, ids, used, fitting);
        used += fitting;
        return fitting == word.length;
    }

    /** Adds all vectors of an embedding or none; tells whether they fit. */
    boolean add(TextualInversion embedding) {
        if (embedding.vectors() > room()) {
            return false;
        }
        for (int i = 0; i < embedding.vectors(); i++) {
            ids[used] = GivenVector.ID;
            vectors.put(used, new GivenVector(embedding, i));
            used++;
        }
        return true;
    }

    private int room() {
        return ids.length - 1 - used;
    }

    /** The prompt with its end. */
    TokenizedPrompt prompt(List<String> droppedWords) {
        ids[used] = ClipTokenizer.END_OF_TEXT;
        return new TokenizedPrompt(ids, vectors, droppedWords);
    }
}
