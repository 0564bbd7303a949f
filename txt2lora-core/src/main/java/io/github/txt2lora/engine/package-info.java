/** The engine behind the API: jobs, events, loaded models. It may use every other package. */
@NullMarked
package io.github.txt2lora.engine;

import org.jspecify.annotations.NullMarked;
