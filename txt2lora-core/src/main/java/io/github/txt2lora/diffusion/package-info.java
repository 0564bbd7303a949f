/** The diffusion process: UNet, VAE, noise schedules, schedulers, and text to image. */
@NullMarked
package io.github.txt2lora.diffusion;

import org.jspecify.annotations.NullMarked;
