package io.github.txt2lora.torch.device;

/**
 * A version of CUDA.
 *
 * @param major for example 12
 * @param minor for example 8
 */
public record CudaVersion(int major, int minor) implements Comparable<CudaVersion> {

    /** Reads the form that CUDA itself has: 12080 is 12.8. */
    static CudaVersion ofCode(int code) {
        return new CudaVersion(code / 1000, code / 10 % 100);
    }

    @Override
    public int compareTo(CudaVersion other) {
        return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
