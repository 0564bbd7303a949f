package io.github.txt2lora.text;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A textual-inversion embedding: vectors that stand in a prompt in place of token embeddings. Its name is that of its
 * file, as in the web UI.
 *
 * <p>It holds one matrix for each text encoder of its family.
 */
public final class TextualInversion {

    private static final String CLIP_L = "clip_l";
    private static final String CLIP_G = "clip_g";

    private final String name;
    private final int vectors;
    private final List<float[]> rowsByEncoder;

    private TextualInversion(String name, int vectors, List<float[]> rowsByEncoder) {
        this.name = name;
        this.vectors = vectors;
        this.rowsByEncoder = List.copyOf(rowsByEncoder);
    }

    /**
     * Reads an embedding for the text encoders of a model. A file has either {@code clip_l} and {@code clip_g}, for two
     * text encoders, or one tensor under any key, such as {@code emb_params} of the web UI or {@code <token>} of
     * diffusers.
     *
     * @param file a .safetensors file
     * @param widths of the model's text encoders, one or two, in their order
     * @throws CheckpointException if the file is no embedding, or one for other text encoders, or is damaged; a pickle
     *     file is never read
     * @throws io.github.txt2lora.StorageException if it cannot be read
     */
    public static TextualInversion read(Path file, List<Integer> widths) {
        requireEnding(file);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            List<TensorView> matrices = matrices(opened);
            if (!widthsOf(matrices)
                    .equals(widths.stream().map(Integer::longValue).toList())) {
                throw otherFamily(file, opened, widths);
            }
            int vectors = count(file, matrices.get(0));
            List<float[]> rows = new ArrayList<>();
            for (TensorView tensor : matrices) {
                int count = count(file, tensor);
                if (count != vectors) {
                    throw new CheckpointException(file + " has " + Count.of(vectors, "vector")
                            + " for one text encoder and " + count + " in " + Excerpt.of(tensor.toString())
                            + "; expected as many for each");
                }
                rows.add(finite(file, tensor));
            }
            return new TextualInversion(EmbeddingFolder.name(file), vectors, rows);
        }
    }

    /**
     * Whether a file is an embedding for the text encoders of a model, by its header.
     *
     * @throws CheckpointException if it is no embedding
     */
    static boolean fits(Path file, List<Integer> widths) {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            return widthsOf(matrices(opened))
                    .equals(widths.stream().map(Integer::longValue).toList());
        }
    }

    private static List<Long> widthsOf(List<TensorView> matrices) {
        return matrices.stream()
                .map(tensor -> tensor.shape().get(tensor.shape().size() - 1))
                .toList();
    }

    private static void requireEnding(Path file) {
        String fileName = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        if (fileName.endsWith(".pt") || fileName.endsWith(".bin")) {
            throw new CheckpointException(file + " is an embedding in PyTorch's pickle format; expected a "
                    + EmbeddingFolder.SAFETENSORS + " file, since a pickle can run any program when it is loaded, so it"
                    + " is never read. Download the embedding as .safetensors, or convert it: torch.load with"
                    + " weights_only=True, then safetensors.torch.save_file, as docs/troubleshooting.md shows");
        }
        if (!fileName.endsWith(EmbeddingFolder.SAFETENSORS)
                || fileName.length() == EmbeddingFolder.SAFETENSORS.length()) {
            throw new CheckpointException(
                    file + " is not named as an embedding; expected a name before " + EmbeddingFolder.SAFETENSORS);
        }
    }

    private static List<TensorView> matrices(SafetensorsFile file) {
        List<TensorView> matrices;
        if (file.byName().keySet().containsAll(List.of(CLIP_L, CLIP_G))) {
            matrices = List.of(file.tensor(CLIP_L), file.tensor(CLIP_G));
        } else if (file.tensors().size() == 1) {
            matrices = List.copyOf(file.tensors());
        } else {
            throw new CheckpointException(file.path() + " has "
                    + Count.of(file.tensors().size(), "tensor") + ", so it is no textual-inversion embedding; expected "
                    + CLIP_L + " and " + CLIP_G + ", or one tensor such as emb_params");
        }
        matrices.forEach(tensor -> requireVectors(file.path(), tensor));
        return matrices;
    }

    private static void requireVectors(Path file, TensorView tensor) {
        int axes = tensor.shape().size();
        if (axes < 1 || axes > 2 || !tensor.type().isFloat()) {
            throw new CheckpointException(file + " has the tensor " + Excerpt.of(tensor.toString())
                    + ", so it is no textual-inversion embedding; expected vectors of F16, BF16, F32 or F64,"
                    + " [number, width]");
        }
    }

    /** The number of vectors; a tensor with one axis is one vector. */
    private static int count(Path file, TensorView tensor) {
        long count = tensor.shape().size() == 1 ? 1 : tensor.shape().get(0);
        if (count < 1 || count > PromptChunk.CAPACITY) {
            throw new CheckpointException(file + " has " + Count.of(count, "vector") + "; expected 1 to "
                    + PromptChunk.CAPACITY + ", as many as a text encoder reads at once");
        }
        return (int) count;
    }

    private static float[] finite(Path file, TensorView tensor) {
        float[] numbers = tensor.toFloats();
        for (int i = 0; i < numbers.length; i++) {
            if (!Float.isFinite(numbers[i])) {
                throw new CheckpointException(file + " has " + numbers[i] + " at element " + i + " of "
                        + Excerpt.of(tensor.toString())
                        + "; expected finite numbers: the embedding is damaged, download it again");
            }
        }
        return numbers;
    }

    private static CheckpointException otherFamily(Path file, SafetensorsFile opened, List<Integer> widths) {
        String found = opened.tensors().stream()
                .map(tensor -> Excerpt.of(tensor.toString()))
                .collect(Collectors.joining(", "));
        String expected = widths.stream().map(String::valueOf).collect(Collectors.joining(" and "));
        return new CheckpointException(file + " is an embedding for another kind of model: it has " + found
                + "; expected vectors of the width " + expected
                + " (768 is SD 1.x, 1024 SD 2.x, 768 and 1280 together SDXL)");
    }

    /** The name of its file without the ending, which stands for it in prompts. */
    public String name() {
        return name;
    }

    /** The number of places that it takes, from 1 to {@link PromptChunk#CAPACITY}. */
    public int vectors() {
        return vectors;
    }

    /**
     * Copies one of its vectors.
     *
     * @param encoder place of the text encoder among those of the model
     * @param to array that gets it
     * @param start first place in the array
     */
    void copyVector(int index, int encoder, float[] to, int start) {
        float[] rows = rowsByEncoder.get(encoder);
        int width = rows.length / vectors;
        System.arraycopy(rows, index * width, to, start, width);
    }

    @Override
    public String toString() {
        return "TextualInversion[" + Excerpt.of(name) + ", " + vectors + "]";
    }
}
