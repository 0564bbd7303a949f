package io.github.txt2lora.text;

/**
 * {@code <lora:name:weight>} in a prompt.
 *
 * @param name the file's name without its ending
 * @param textEncoderWeight weight for the text encoders; 1 where none was written
 * @param weight weight for the UNet; that for the text encoders where no second one was written
 */
public record LoraTag(String name, double textEncoderWeight, double weight) {

    /** A tag with one weight. */
    public LoraTag(String name, double weight) {
        this(name, weight, weight);
    }
}
