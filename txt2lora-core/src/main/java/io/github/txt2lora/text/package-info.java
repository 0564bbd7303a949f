/** From prompts to embeddings: CLIP's tokenizers and text encoders. */
@NullMarked
package io.github.txt2lora.text;

import org.jspecify.annotations.NullMarked;
