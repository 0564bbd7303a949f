package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Says what a file is that was given in place of a safetensors file. */
final class UnreadableFile {
    /** The number of bytes from the start of a file that {@link #describe} needs. */
    static final int START_BYTES = 64;

    private static final List<String> PICKLE_ENDINGS = List.of(".ckpt", ".pt", ".pth", ".bin");

    private static final String GET_SAFETENSORS =
            "; such a file can run any program when it is loaded, so it is never read. Download the .safetensors"
                    + " variant of the model, or convert the file with a tool that you trust";

    private UnreadableFile() {}

    /** Whether the name is one that PyTorch's pickle files have. */
    static boolean isNamedAsPickle(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return PICKLE_ENDINGS.stream().anyMatch(name::endsWith);
    }

    static CheckpointException pickle(Object file) {
        return new CheckpointException(file + " is a PyTorch pickle file (.ckpt, .pt, .pth, .bin)" + GET_SAFETENSORS);
    }

    /**
     * The exception for a file that does not begin like safetensors.
     *
     * @param file its path or address
     * @param start the first bytes of the file, up to {@link #START_BYTES}
     * @param problem the problem that a safetensors reader finds; used when the start tells nothing better
     */
    static CheckpointException describe(Object file, byte[] start, String problem) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\3\4") || (text.startsWith("\u0080") && start.length > 1 && start[1] <= 5)) {
            return pickle(file);
        }
        if (text.startsWith("version https://git-lfs")) {
            return new CheckpointException(
                    file + " is a Git LFS pointer, not the model itself; run 'git lfs pull', or download the file from"
                            + " the model's page");
        }
        if (text.replace("\u00ef\u00bb\u00bf", "").stripLeading().startsWith("<")) {
            return new CheckpointException(file
                    + " is a web page, not a model; the download was answered with a page (a login or an error):"
                    + " download the file itself");
        }
        return new CheckpointException("%s is not a safetensors file: %s".formatted(file, problem));
    }
}
