/** What an application sees of txt2lora. */
@NullMarked
package io.github.txt2lora;

import org.jspecify.annotations.NullMarked;
