package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.checkpoint.SyntheticCheckpoint;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The encoding for SDXL, whose prompts two text encoders read. */
class PromptEncoderTest {

    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();

    private final List<String> warnings = new ArrayList<>();
    private Torch torch;
    private NDManager scope;
    private Checkpoint checkpoint;

    @BeforeEach
    void open(@TempDir Path folder) {
        torch = TestTorch.start();
        scope = torch.newScope();
        checkpoint = Checkpoint.open(SyntheticCheckpoint.write(folder, StableDiffusion.SDXL));
    }

    @AfterEach
    void close() {
        checkpoint.close();
        scope.close();
        torch.close();
    }

    private PromptEncoder encoder() {
        return Families.standard().of(checkpoint).promptEncoder(torch, checkpoint, TOKENIZER, Precision.FP32, 1);
    }

    @Test
    void hidden_states_of_both_encoders_lie_side_by_side() {
        PromptEmbedding embedding = encoder().encode("krnkmd", scope, warnings::add);

        int first = checkpoint.textEncoder(Component.TEXT_ENCODER).width();
        int second = checkpoint.textEncoder(Component.TEXT_ENCODER_2).width();
        assertThat(embedding.context().getShape()).isEqualTo(new Shape(1, ClipTokenizer.LENGTH, first + second));
        assertThat(Objects.requireNonNull(embedding.pooled()).getShape()).isEqualTo(new Shape(1, second));
    }

    @Test
    void a_prompt_is_encoded_alike_whatever_it_is_encoded_with() {
        PromptEmbedding alone = encoder().encode("krnkmd", scope, warnings::add);
        Map<String, PromptEmbedding> together =
                encoder().encode(List.of("1girl", "krnkmd", "krnkmd", ""), scope, warnings::add);

        assertThat(together).containsOnlyKeys("1girl", "krnkmd", "");
        assertThat(Objects.requireNonNull(together.get("krnkmd")).context().toFloatArray())
                .isEqualTo(alone.context().toFloatArray())
                .isNotEqualTo(
                        Objects.requireNonNull(together.get("1girl")).context().toFloatArray());
    }

    @Test
    void a_prompt_that_is_too_long_is_reported_once() {
        String prompt = "word ".repeat(80).strip();
        encoder().encode(List.of(prompt, prompt, "krnkmd"), scope, warnings::add);

        assertThat(warnings).singleElement().asString().endsWith("dropped: word word word word word");
    }

    @Test
    void a_batch_repeats_each_prompt_and_the_size_of_the_picture() {
        Map<String, PromptEmbedding> embeddings = encoder().encode(List.of("a", "b"), scope, warnings::add);
        List<PromptEmbedding> prompts =
                List.of(Objects.requireNonNull(embeddings.get("a")), Objects.requireNonNull(embeddings.get("b")));
        Conditioning batch = Conditioning.batch(scope, prompts, 2, new PictureSize(100, 120, 3, 4, 64, 72));

        assertThat(batch.context().getShape().get(0)).isEqualTo(4);
        assertThat(batch.context().get("1:3").toFloatArray())
                .startsWith(prompts.get(0).context().toFloatArray())
                .endsWith(prompts.get(1).context().toFloatArray());
        assertThat(Objects.requireNonNull(batch.pooled()).getShape().get(0)).isEqualTo(4);
        assertThat(Objects.requireNonNull(batch.timeIds()).get(3).toFloatArray())
                .containsExactly(100, 120, 3, 4, 64, 72);
    }

    @Test
    void a_batch_lives_no_longer_than_its_scope() {
        PromptEmbedding embedding = encoder().encode("a", scope, warnings::add);
        Conditioning batch;
        try (NDManager step = scope.newSubManager()) {
            batch = Conditioning.batch(step, List.of(embedding), 2, PictureSize.uncropped(64, 64));
            assertThat(batch.context().getManager()).isSameAs(step);
        }
        assertThat(batch.context().isReleased()).isTrue();
        assertThat(embedding.context().isReleased()).isFalse();
    }

    @Test
    void rejects_a_clip_skip_beyond_the_layers_before_anything_is_loaded() {
        assertThatThrownBy(() -> Families.standard()
                        .of(checkpoint)
                        .promptEncoder(torch, checkpoint, TOKENIZER, Precision.FP32, 12))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("clipSkip is 12; expected a number from 1 to 1");
    }
}
