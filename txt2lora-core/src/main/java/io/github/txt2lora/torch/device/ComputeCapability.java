package io.github.txt2lora.torch.device;

/**
 * The generation of an NVIDIA GPU: 6.x is Pascal (GTX 10), 7.5 Turing (RTX 20), 8.x Ampere and Ada (RTX 30 and 40),
 * 12.x Blackwell (RTX 50).
 *
 * @param major the generation
 * @param minor the variant
 */
public record ComputeCapability(int major, int minor) implements Comparable<ComputeCapability> {

    @Override
    public int compareTo(ComputeCapability other) {
        return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
