/** Downloads of base models: complete, verified and only once, in spite of failing connections and servers. */
@NullMarked
package io.github.txt2lora.download;

import org.jspecify.annotations.NullMarked;
