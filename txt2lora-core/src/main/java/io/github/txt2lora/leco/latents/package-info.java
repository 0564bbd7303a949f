/** Sources of the noisy latents of a comparison: rollouts, a pool of images, noise, or a mixture. */
@NullMarked
package io.github.txt2lora.leco.latents;

import org.jspecify.annotations.NullMarked;
