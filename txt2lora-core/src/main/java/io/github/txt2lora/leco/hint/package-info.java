/** What pictures add to the words of a prompt, learned as a change of its embedding. */
@NullMarked
package io.github.txt2lora.leco.hint;

import org.jspecify.annotations.NullMarked;
