package io.github.txt2lora.torch.device;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A PyTorch that was installed by other means than DJL's.
 *
 * @param folder the folder of its libraries
 * @param isCuda whether it is built for GPUs
 * @param isOfPython whether it is Python's package
 * @param version its version without what follows a plus, if a file beside the folder tells it
 */
public record InstalledLibtorch(Path folder, boolean isCuda, boolean isOfPython, Optional<String> version) {}
