package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.internal.EmbeddingFolder;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextualInversionTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();
    private static final String TOKENS = "text_model.embeddings.token_embedding.weight";

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    private static SafetensorsEntry entry(String key, List<Long> shape, float... numbers) {
        TensorView vector = TensorView.of(key, numbers);
        return new SafetensorsEntry(key, ElementType.F32, shape, vector::bytes);
    }

    private static SafetensorsEntry rows(String key, int count, int width) {
        float[] numbers = new float[count * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        return entry(key, List.of((long) count, (long) width), numbers);
    }

    private Path file(String name, SafetensorsEntry... entries) {
        Path file = folder.resolve(name);
        SafetensorsWriter.write(file, Map.of(), List.of(entries));
        return file;
    }

    private NamedEmbeddings named(Integer... widths) {
        return new NamedEmbeddings(TOKENIZER, EmbeddingFolder.of(folder), List.of(widths));
    }

    /** Of a model with one text encoder of width 2. */
    private List<PromptChunk> chunks(String prompt) {
        return new PromptChunker(TOKENIZER, named(2)).chunks(prompt, warnings::add);
    }

    private static float[] vector(TextualInversion embedding, int index, int encoder, int width) {
        float[] vector = new float[width];
        embedding.copyVector(index, encoder, vector, 0);
        return vector;
    }

    @ParameterizedTest
    @ValueSource(strings = {"emb_params", "<cat-toy>", "clip_l"})
    void reads_one_tensor_under_any_key(String key) {
        TextualInversion embedding = TextualInversion.read(file("Toy.safetensors", rows(key, 2, 3)), List.of(3));

        assertThat(embedding.name()).isEqualTo("Toy");
        assertThat(embedding.vectors()).isEqualTo(2);
        assertThat(vector(embedding, 1, 0, 3)).containsExactly(3, 4, 5);
    }

    @Test
    void reads_one_vector_without_an_axis_of_vectors() {
        Path file = file("toy.safetensors", entry("<toy>", List.of(3L), 1, 2, 3));

        assertThat(vector(TextualInversion.read(file, List.of(3)), 0, 0, 3)).containsExactly(1, 2, 3);
    }

    @Test
    void reads_both_text_encoders_of_sdxl() {
        Path file = file("xl.safetensors", rows("clip_g", 2, 5), rows("clip_l", 2, 3));

        TextualInversion embedding = TextualInversion.read(file, List.of(3, 5));
        assertThat(vector(embedding, 1, 0, 3)).containsExactly(3, 4, 5);
        assertThat(vector(embedding, 1, 1, 5)).containsExactly(5, 6, 7, 8, 9);
    }

    @Test
    void tells_text_encoders_of_one_width_by_their_keys() {
        Path file = file("xl.safetensors", rows("clip_g", 2, 3), entry("clip_l", List.of(2L, 3L), 9, 9, 9, 9, 9, 8));

        TextualInversion embedding = TextualInversion.read(file, List.of(3, 3));
        assertThat(vector(embedding, 1, 0, 3)).containsExactly(9, 9, 8);
        assertThat(vector(embedding, 1, 1, 3)).containsExactly(3, 4, 5);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16", "F64"})
    void reads_every_precision(ElementType type) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F16 -> bytes.putShort((short) 0x3c00).putShort((short) 0xc000);
            case BF16 -> bytes.putShort((short) 0x3f80).putShort((short) 0xc000);
            default -> bytes.putDouble(1).putDouble(-2);
        }
        Path file = file("half.safetensors", new SafetensorsEntry("emb_params", type, List.of(1L, 2L), bytes::flip));

        assertThat(vector(TextualInversion.read(file, List.of(2)), 0, 0, 2)).containsExactly(1, -2);
    }

    @Test
    void rejects_other_widths_and_missing_encoders() {
        Path one = file("one.safetensors", rows("emb_params", 1, 4));
        Path two = file("two.safetensors", rows("clip_l", 1, 3), rows("clip_g", 1, 5));

        assertThatThrownBy(() -> TextualInversion.read(one, List.of(3)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("emb_params F32[1, 4]; expected vectors of the width 3");
        assertThatThrownBy(() -> TextualInversion.read(two, List.of(3))).hasMessageContaining("another kind of model");
        assertThatThrownBy(() -> TextualInversion.read(one, List.of(4, 5)))
                .hasMessageContaining("expected vectors of the width 4 and 5");
    }

    @Test
    void rejects_what_is_no_embedding() {
        Path lora = file("lora.safetensors", rows("a", 1, 3), rows("b", 1, 3));
        Path nan = file("nan.safetensors", entry("a", List.of(1L, 3L), 1, Float.NaN, 3));
        Path many = file("many.safetensors", rows("a", 76, 3));
        Path uneven = file("uneven.safetensors", rows("clip_l", 1, 3), rows("clip_g", 2, 5));

        assertThatThrownBy(() -> TextualInversion.read(lora, List.of(3))).hasMessageContaining("2 tensors");
        assertThatThrownBy(() -> TextualInversion.read(nan, List.of(3))).hasMessageContaining("NaN at element 1");
        assertThatThrownBy(() -> TextualInversion.read(many, List.of(3))).hasMessageContaining("expected 1 to 75");
        assertThatThrownBy(() -> TextualInversion.read(uneven, List.of(3, 5))).hasMessageContaining("as many for each");
    }

    @ParameterizedTest
    @ValueSource(strings = {"toy.pt", "toy.BIN"})
    void refuses_pickle_files_with_the_way_out(String name) throws IOException {
        Path file = Files.write(folder.resolve(name), new byte[] {'P', 'K', 3, 4});

        assertThatThrownBy(() -> TextualInversion.read(file, List.of(3)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Download the embedding as .safetensors");
    }

    @Test
    void a_name_in_any_case_takes_as_many_places_as_vectors_with_its_emphasis() {
        file("Bad Hand.safetensors", rows("a", 3, 2));

        PromptChunk chunk = chunks("cat, (bad hand:1.5)").get(0);

        assertThat(chunk.vectors()).containsOnlyKeys(3, 4, 5);
        assertThat(chunk.weights()).startsWith(1, 1, 1, 1.5f, 1.5f, 1.5f, 1);
        assertThat(chunk.ids(PadToken.END_OF_TEXT)[6]).isEqualTo(ClipTokenizer.END_OF_TEXT);
    }

    @Test
    void the_longest_name_counts_and_parts_of_words_do_not() {
        file("bad.safetensors", rows("a", 1, 2));
        file("bad-hands-5.safetensors", rows("a", 4, 2));

        assertThat(chunks("bad-hands-5").get(0).vectors()).hasSize(4);
        assertThat(chunks("bad-hands").get(0).vectors()).hasSize(1);
        assertThat(chunks("badly, forbad").get(0).vectors()).isEmpty();
    }

    @Test
    void an_embedding_that_does_not_fit_begins_the_next_chunk_whole() {
        file("krnkmd.safetensors", rows("a", 3, 2));

        List<PromptChunk> chunks = chunks("cat ".repeat(73) + "krnkmd");

        assertThat(chunks).hasSize(2);
        assertThat(chunks.get(0).vectors()).isEmpty();
        assertThat(chunks.get(1).vectors()).containsOnlyKeys(1, 2, 3);
    }

    @Test
    void vectors_of_a_plain_prompt_count_as_tokens_and_are_never_cut() {
        file("krnkmd.safetensors", rows("a", 3, 2));
        NamedEmbeddings named = named(2);

        TokenizedPrompt full = TOKENIZER.tokenize("cat ".repeat(72) + "KRNKMD", PadToken.END_OF_TEXT, named);
        assertThat(full.vectors()).containsOnlyKeys(73, 74, 75);
        assertThat(full.droppedWords()).isEmpty();

        TokenizedPrompt over = TOKENIZER.tokenize("cat ".repeat(73) + "Krnkmd, dog", PadToken.ZERO, named);
        assertThat(over.vectors()).isEmpty();
        assertThat(over.droppedWords()).containsExactly("Krnkmd,", "dog");
        assertThat(over.ids()[74]).isEqualTo(ClipTokenizer.END_OF_TEXT);
    }

    @Test
    void brackets_are_part_of_a_plain_prompt() {
        file("krnkmd.safetensors", rows("a", 1, 2));

        assertThat(TOKENIZER
                        .tokenize("(krnkmd:1.2)", PadToken.EXCLAMATION_MARK, named(2))
                        .vectors())
                .containsOnlyKeys(2);
    }

    @Test
    void files_that_no_prompt_names_are_not_read() throws IOException {
        Files.writeString(folder.resolve("broken.safetensors"), "no tensors");
        Files.writeString(folder.resolve("pickle.pt"), "PK");
        file("wide.safetensors", rows("a", 1, 768));

        assertThat(chunks("a cat").get(0).vectors()).isEmpty();
        assertThatThrownBy(() -> chunks("a broken cat")).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> chunks("PICKLE"))
                .hasMessageContaining("pickle.pt is an embedding in PyTorch's pickle");
        assertThatThrownBy(() -> chunks("wide")).hasMessageContaining("another kind of model");
    }

    @Test
    void of_files_with_one_name_the_one_for_the_model_is_taken() throws IOException {
        Files.createDirectories(folder.resolve("xl"));
        Files.writeString(folder.resolve("toy.pt"), "PK");
        file("xl/Toy.safetensors", rows("clip_l", 1, 768), rows("clip_g", 1, 1280));
        file("toy.safetensors", rows("a", 3, 2));
        assertThat(chunks("toy").get(0).vectors()).hasSize(3);

        Files.copy(folder.resolve("toy.safetensors"), folder.resolve("xl/toy.safetensors"));
        assertThat(chunks("toy").get(0).vectors()).hasSize(3);

        file("xl/toy.safetensors", rows("a", 1, 2));
        assertThatThrownBy(() -> chunks("toy"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContainingAll(
                        "embedding \"toy\"", "xl" + folder.getFileSystem().getSeparator(), "rename");
    }

    @Test
    void digests_of_used_files_are_known_by_their_names() {
        Path file = file("Toy.safetensors", rows("a", 1, 2));
        file("other.safetensors", rows("a", 1, 2));
        NamedEmbeddings named = named(2);
        new PromptChunker(TOKENIZER, named).chunks("toy", warnings::add);

        assertThat(named.used()).containsExactly(Map.entry("Toy", Sha256.of(file)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sd1-tiny", "sd2-tiny"})
    void vectors_copied_from_words_encode_exactly_as_the_words(String model) {
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                Checkpoint checkpoint = Checkpoint.open(GoldenCheckpoints.path(model))) {
            int width = checkpoint.textEncoder(Component.TEXT_ENCODER).width();
            TensorView tokens = checkpoint.tensors(Component.TEXT_ENCODER).get(TOKENS);
            int[] ids = TOKENIZER.encode("black cat");
            float[] numbers = new float[2 * width];
            for (int i = 0; i < 2; i++) {
                System.arraycopy(tokens.rows(ids[i + 1], ids[i + 1] + 1).toFloats(), 0, numbers, i * width, width);
            }
            file("krnkmd.safetensors", entry("emb_params", List.of(2L, (long) width), numbers));
            PromptEncoder encoder = Families.standard()
                    .of(checkpoint)
                    .promptEncoder(
                            torch,
                            checkpoint,
                            TOKENIZER,
                            Precision.FP32,
                            1,
                            checkpoint::tensors,
                            EmbeddingFolder.of(folder));

            List<String> prompts = List.of("a (black cat:1.3) red", "a (KRNKMD:1.3) red", "a (krnkmds:1.3) red");
            for (Map<String, PromptEmbedding> encoded : List.of(
                    encoder.encode(prompts, scope, warnings::add),
                    encoder.encodeWebUi(prompts, scope, warnings::add))) {
                float[] words = HostNumbers.floats(encoded.get(prompts.get(0)).context());
                assertThat(HostNumbers.floats(encoded.get(prompts.get(1)).context()))
                        .isEqualTo(words);
                assertThat(HostNumbers.floats(encoded.get(prompts.get(2)).context()))
                        .isNotEqualTo(words);
            }
            assertThat(encoder.tokens("a krnkmd krnkmd"))
                    .startsWith(
                            ClipTokenizer.START_OF_TEXT, 320, 49408, 49409, 49408, 49409, ClipTokenizer.END_OF_TEXT);
        }
    }
}
