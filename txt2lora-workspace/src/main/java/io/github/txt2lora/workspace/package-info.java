/** Settings on disk: the workspace, a folder of settings and LoRAs, and the files in which LECO describes a training. */
@NullMarked
package io.github.txt2lora.workspace;

import org.jspecify.annotations.NullMarked;
