package io.github.txt2lora.text;

import java.util.List;

/**
 * A prompt after its brackets are resolved.
 *
 * @param pieces in order
 * @param unclosed number of opening brackets that are never closed
 */
record Emphasised(List<PromptPiece> pieces, int unclosed) {

    Emphasised {
        pieces = List.copyOf(pieces);
    }
}
