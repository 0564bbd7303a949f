package io.github.txt2lora.benchmarks;

/**
 * The quality of a LoRA during a training.
 *
 * @param iteration after how many iterations
 * @param unetSamples work of the UNet for it: a forward pass of one sample is 1, a backward pass 2
 * @param seconds of training
 * @param gap see {@link io.github.txt2lora.LoraQuality}
 * @param drift see {@link io.github.txt2lora.LoraQuality}
 * @param pictureDistance of the target's images from the positive prompt's, in latents, squared: 1 without a LoRA
 * @param pixelDistance the same in pixels
 * @param leak distance of the neutral prompt's images from the base model's, in latents, squared, divided by that of
 *     the base model's images for the neutral and the positive prompt
 * @param pixelLeak the same in pixels
 */
record QualityPoint(
        int iteration,
        long unetSamples,
        double seconds,
        double gap,
        double drift,
        double pictureDistance,
        double pixelDistance,
        double leak,
        double pixelLeak) {}
