package io.github.txt2lora.torch.device;

/**
 * Why a GPU is not used.
 *
 * @param found what stands in the way
 * @param remedy what helps, with the command
 */
public record Obstacle(String found, String remedy) {

    @Override
    public String toString() {
        return found + "; " + remedy;
    }
}
