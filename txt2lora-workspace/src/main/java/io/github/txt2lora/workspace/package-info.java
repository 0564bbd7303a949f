/** Settings on disk: the workspace, a folder of settings and LoRAs, and LECO's configuration files. */
@NullMarked
package io.github.txt2lora.workspace;

import org.jspecify.annotations.NullMarked;
