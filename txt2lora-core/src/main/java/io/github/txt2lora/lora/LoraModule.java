package io.github.txt2lora.lora;

/**
 * A layer of the UNet that can get a LoRA.
 *
 * @param name its diffusers name, for example {@code mid_block.attentions.0.proj_in}
 * @param inputs channels in
 * @param outputs channels out
 * @param kernel side of the convolution's kernel, or {@link #LINEAR}
 */
public record LoraModule(String name, int inputs, int outputs, int kernel) {

    /** The kernel of a linear layer. */
    public static final int LINEAR = 0;

    private static final String PREFIX = "lora_unet_";

    /** Its name in a LoRA file, as kohya's trainers write it. */
    public String loraName() {
        return PREFIX + name.replace('.', '_');
    }

    /** Whether it is a convolution, of whatever kernel. */
    public boolean isConvolution() {
        return kernel != LINEAR;
    }

    /** Step of the convolution: 2 where the picture is halved. */
    public int stride() {
        return name.contains(".downsamplers.") ? 2 : 1;
    }

    /** Shape of {@code lora_down} at a rank: [rank, inputs] or [rank, inputs, kernel, kernel]. */
    public long[] downShape(int rank) {
        return isConvolution() ? new long[] {rank, inputs, kernel, kernel} : new long[] {rank, inputs};
    }

    /** Shape of {@code lora_up} at a rank: [outputs, rank] or [outputs, rank, 1, 1]. */
    public long[] upShape(int rank) {
        return isConvolution() ? new long[] {outputs, rank, 1, 1} : new long[] {outputs, rank};
    }

    /** Inputs of one output of {@code lora_down}, which decides the range of its initial values. */
    public int fanIn() {
        return isConvolution() ? inputs * kernel * kernel : inputs;
    }

    /** The rank it can have at most: a higher one could express nothing more. */
    public int maxRank() {
        return Math.min(inputs, outputs);
    }
}
