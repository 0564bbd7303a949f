/** Pictures in files, as training takes them in. */
@NullMarked
package io.github.txt2lora.picture;

import org.jspecify.annotations.NullMarked;
