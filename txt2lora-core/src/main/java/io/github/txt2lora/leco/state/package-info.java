/** All that a training needs to go on later with the same bytes, and the file that holds it. */
@NullMarked
package io.github.txt2lora.leco.state;

import org.jspecify.annotations.NullMarked;
