/**
 * Where the noisy latents come from at which predictions are compared: rollouts, a pool of pictures, noise, or a
 * mixture of them.
 */
@NullMarked
package io.github.txt2lora.leco.latents;

import org.jspecify.annotations.NullMarked;
