/**
 * Model files: safetensors, the layouts of shared Stable Diffusion checkpoints, and the mappings from their tensor
 * names to those of diffusers, which the rest of the engine uses.
 */
@NullMarked
package io.github.txt2lora.checkpoint;

import org.jspecify.annotations.NullMarked;
