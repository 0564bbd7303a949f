/**
 * Model files: safetensors in and out, the layouts in which Stable Diffusion checkpoints are shared, and the maps from
 * their tensor names to those of diffusers, which the rest of the engine uses.
 */
@NullMarked
package io.github.txt2lora.checkpoint;

import org.jspecify.annotations.NullMarked;
