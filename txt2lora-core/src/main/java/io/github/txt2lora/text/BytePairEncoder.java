package io.github.txt2lora.text;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding of one word (Sennrich et al. 2016): neighbours merge, the earliest learned pair first and among
 * equal pairs the leftmost, until no pair is left. A queue of candidates keeps this at n log n for a word of n bytes.
 */
final class BytePairEncoder {

    private static final int NONE = -1;

    private final ClipVocabulary vocabulary;

    BytePairEncoder(ClipVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The token ids of a word's UTF-8 bytes; empty for an empty word. */
    int[] encode(byte[] word) {
        Chain chain = new Chain(word);
        chain.mergeAll();
        return chain.ids();
    }

    /** The word's tokens so far, as a doubly linked list in arrays; a token lives where its first byte stood. */
    private final class Chain {

        private final int[] ids;
        private final int[] next;
        private final int[] previous;
        /** Candidates: the merged token's id in the upper half, the place of its left part in the lower. */
        private final PriorityQueue<Long> candidates = new PriorityQueue<>();

        Chain(byte[] word) {
            int length = word.length;
            ids = new int[length];
            next = new int[length];
            previous = new int[length];
            for (int i = 0; i < length; i++) {
                boolean last = i == length - 1;
                ids[i] = vocabulary.byteId(Byte.toUnsignedInt(word[i]), last);
                next[i] = last ? NONE : i + 1;
                previous[i] = i - 1;
            }
            for (int i = 0; i < length; i++) {
                propose(i);
            }
        }

        void mergeAll() {
            for (Long candidate = candidates.poll(); candidate != null; candidate = candidates.poll()) {
                int place = (int) (candidate & 0xffffffffL);
                int merged = (int) (candidate >>> 32);
                // Earlier merges may have changed or swallowed a part of this candidate.
                if (mergeAt(place) == merged) {
                    apply(place, merged);
                }
            }
        }

        private void apply(int place, int merged) {
            int swallowed = next[place];
            ids[place] = merged;
            ids[swallowed] = NONE;
            next[place] = next[swallowed];
            if (next[place] != NONE) {
                previous[next[place]] = place;
            }
            propose(place);
            if (previous[place] != NONE) {
                propose(previous[place]);
            }
        }

        private void propose(int place) {
            int merged = mergeAt(place);
            if (merged != ClipVocabulary.NO_MERGE) {
                candidates.add((long) merged << 32 | place);
            }
        }

        private int mergeAt(int place) {
            if (ids[place] == NONE || next[place] == NONE) {
                return ClipVocabulary.NO_MERGE;
            }
            return vocabulary.merge(ids[place], ids[next[place]]);
        }

        int[] ids() {
            return Arrays.stream(ids).filter(id -> id != NONE).toArray();
        }
    }
}
