/**
 * Operations on finished LoRA files: resize, merge, convert, inspect. Start with {@link
 * io.github.txt2lora.ops.LoraOperations#open()}. Also the check of a device, {@link
 * io.github.txt2lora.ops.DeviceCheck}.
 */
@NullMarked
package io.github.txt2lora.ops;

import org.jspecify.annotations.NullMarked;
