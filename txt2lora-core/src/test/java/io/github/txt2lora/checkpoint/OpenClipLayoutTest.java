package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Single files of SD 2.x and SDXL, built from the recorded SD 1.x file and a text encoder in OpenCLIP's naming. */
class OpenClipLayoutTest {
    private static final Path FILE = Path.of("model.safetensors");
    private static final String UNET = "model.diffusion_model.";
    private static final String SD1_TEXT = "cond_stage_model.transformer.";
    private static final String SD2_TEXT = "cond_stage_model.model.";
    private static final String SDXL_TEXT = "conditioner.embedders.0.transformer.";
    private static final String SDXL_TEXT_2 = "conditioner.embedders.1.model.";
    private static final long SD1_WIDTH = 768;
    private static final long TIME_WIDTH = 1280;
    private static final long PROJECTED = 640;

    private final Map<String, TensorView> tensors = new LinkedHashMap<>();

    @BeforeEach
    void takes_the_unet_and_vae_of_sd1_with_linear_projections() {
        GoldenKeys golden = GoldenKeys.all().stream()
                .filter(keys -> keys.family() == StableDiffusion.SD1)
                .findFirst()
                .orElseThrow();
        golden.singleFile()
                .forEach((key, tensor) -> put(
                        key,
                        key.matches(".*proj_(in|out)\\.weight") && key.startsWith(UNET)
                                ? tensor.shape().subList(0, 2)
                                : tensor.shape()));
    }

    private void put(String key, List<Long> shape) {
        tensors.put(key, GoldenKeys.header(key, shape));
    }

    private void addOpenClip(String prefix, long width, int layers) {
        put(prefix + "token_embedding.weight", List.of(49408L, width));
        put(prefix + "positional_embedding", List.of(77L, width));
        for (int layer = 0; layer < layers; layer++) {
            String block = prefix + "transformer.resblocks." + layer;
            put(block + ".attn.in_proj_weight", List.of(3 * width, width));
            put(block + ".attn.in_proj_bias", List.of(3 * width));
            linear(block + ".attn.out_proj", width, width);
            linear(block + ".mlp.c_fc", width, 4 * width);
            linear(block + ".mlp.c_proj", 4 * width, width);
            for (String norm : List.of(".ln_1", ".ln_2")) {
                put(block + norm + ".weight", List.of(width));
                put(block + norm + ".bias", List.of(width));
            }
        }
        put(prefix + "ln_final.weight", List.of(width));
        put(prefix + "ln_final.bias", List.of(width));
        put(prefix + "logit_scale", List.of());
        put(prefix + "text_projection", List.of(width, PROJECTED));
    }

    private void linear(String name, long in, long out) {
        put(name + ".weight", List.of(out, in));
        put(name + ".bias", List.of(out));
    }

    private void makeSd2(int layers) {
        tensors.keySet().removeIf(key -> key.startsWith(SD1_TEXT));
        addOpenClip(SD2_TEXT, SD1_WIDTH, layers);
    }

    private void makeSdxl(long sizesWidth) {
        Map.copyOf(tensors).forEach((key, tensor) -> {
            if (key.startsWith(SD1_TEXT)) {
                tensors.remove(key);
                put(key.replace(SD1_TEXT, SDXL_TEXT), tensor.shape());
            }
        });
        addOpenClip(SDXL_TEXT_2, PROJECTED, 2);
        linear(UNET + "label_emb.0.0", PROJECTED + sizesWidth, TIME_WIDTH);
        linear(UNET + "label_emb.0.2", TIME_WIDTH, TIME_WIDTH);
        tensors.replaceAll((key, tensor) -> key.matches(".*attn2\\.to_[kv]\\.weight")
                ? GoldenKeys.header(key, List.of(tensor.shape().get(0), SD1_WIDTH + PROJECTED))
                : tensor);
    }

    @Test
    void sd2_leaves_the_last_layer_out() {
        makeSd2(24);
        StableDiffusionNetworks contents = SingleFileLayout.read(FILE, tensors);
        assertThat(contents.family()).isEqualTo(StableDiffusion.SD2);
        assertThat(contents.textEncoders().get(Component.TEXT_ENCODER))
                .isEqualTo(new TextEncoderStructure(49408, 77, 768, 3072, 23, OptionalInt.empty()));
        assertThat(contents.unet().linearProjection()).isTrue();
    }

    @Test
    void sd2_keeps_all_23_layers_of_a_file_without_the_unused_one() {
        makeSd2(23);
        StableDiffusionNetworks contents = SingleFileLayout.read(FILE, tensors);
        assertThat(contents.textEncoders().get(Component.TEXT_ENCODER).layers()).isEqualTo(23);
    }

    @Test
    void query_key_and_value_come_from_the_fused_matrix() {
        makeSd2(24);
        Map<String, TensorView> encoder =
                SingleFileLayout.read(FILE, tensors).tensors().get(Component.TEXT_ENCODER);
        for (String name : List.of("q_proj", "k_proj", "v_proj")) {
            TensorView weight = encoder.get("text_model.encoder.layers.22.self_attn." + name + ".weight");
            assertThat(weight.shape()).containsExactly(768L, 768L);
            assertThat(weight.name()).isEqualTo(SD2_TEXT + "transformer.resblocks.22.attn.in_proj_weight");
        }
        assertThat(new OpenClipKeys().source("text_model.encoder.layers.0.self_attn.q_proj.bias"))
                .isEqualTo(new KeyMap.KeySource("transformer.resblocks.0.attn.in_proj_bias", Conversion.FIRST_THIRD));
        assertThat(new OpenClipKeys().source("text_model.encoder.layers.1.self_attn.k_proj.weight"))
                .isEqualTo(
                        new KeyMap.KeySource("transformer.resblocks.1.attn.in_proj_weight", Conversion.SECOND_THIRD));
        assertThat(new OpenClipKeys().source("text_model.encoder.layers.2.self_attn.v_proj.weight"))
                .isEqualTo(new KeyMap.KeySource("transformer.resblocks.2.attn.in_proj_weight", Conversion.LAST_THIRD));
    }

    @Test
    void sdxl_has_two_text_encoders_and_a_transposed_projection() {
        makeSdxl(1536);
        StableDiffusionNetworks contents = SingleFileLayout.read(FILE, tensors);
        assertThat(contents.family()).isEqualTo(StableDiffusion.SDXL);
        assertThat(contents.textEncoders().get(Component.TEXT_ENCODER).layers()).isEqualTo(12);
        assertThat(contents.textEncoders().get(Component.TEXT_ENCODER_2).layers())
                .isEqualTo(2);
        assertThat(contents.tensors().get(Component.TEXT_ENCODER_2).get("text_projection.weight"))
                .satisfies(projection -> assertThat(projection.name()).isEqualTo(SDXL_TEXT_2 + "text_projection"));
        assertThat(new OpenClipKeys().source("text_projection.weight").conversion())
                .isEqualTo(Conversion.TRANSPOSE);
        assertThat(contents.unet().additionWidth()).hasValue((int) PROJECTED + 1536);
    }

    @Test
    void sdxl_whose_pooled_embedding_does_not_fit_the_unet_is_refused() {
        makeSdxl(1537);
        assertThatThrownBy(() -> SingleFileLayout.read(FILE, tensors))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("pooled text embedding of width 641")
                .hasMessageContaining("gives 640");
    }

    @Test
    void sdxl_without_additional_embedding_is_refused() {
        makeSdxl(1536);
        tensors.keySet().removeIf(key -> key.contains("label_emb"));
        assertThatThrownBy(() -> SingleFileLayout.read(FILE, tensors))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("label_emb");
    }
}
