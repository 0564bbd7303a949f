package io.github.txt2lora.torch.device;

import java.util.List;

/**
 * A PyTorch on the class path.
 *
 * @param version for example {@code 2.7.1-20250812}
 * @param flavor {@code cpu}, or for example {@code cu124}
 * @param system for example {@code linux-x86_64}
 * @param libraries the names of its files
 */
public record BundledLibtorch(String version, String flavor, String system, List<String> libraries) {

    /** Copies the list. */
    public BundledLibtorch {
        libraries = List.copyOf(libraries);
    }

    /** Whether it is for GPUs. */
    boolean isCuda() {
        return flavor.startsWith("cu");
    }

    /** The folder of its files on the class path. */
    String resourceFolder() {
        return "pytorch/" + flavor + "/" + system;
    }

    /** The name of the folder that DJL unpacks it to. */
    String folderName() {
        return version + "-" + flavor + "-" + system;
    }
}
