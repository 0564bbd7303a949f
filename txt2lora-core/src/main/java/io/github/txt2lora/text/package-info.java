/** Prompts to embeddings: CLIP's tokenizer and text encoders. */
@NullMarked
package io.github.txt2lora.text;

import org.jspecify.annotations.NullMarked;
