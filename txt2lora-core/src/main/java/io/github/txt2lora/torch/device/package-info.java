/** Finds GPUs, decides which PyTorch is loaded for them, and says why a GPU is not used. */
@NullMarked
package io.github.txt2lora.torch.device;

import org.jspecify.annotations.NullMarked;
