package io.github.txt2lora.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages about faulty checkpoints; the sound ones are in the parity tests. */
class SingleFileLayoutTest {
    private static final Path FILE = Path.of("model.safetensors");
    private static final String UNET = "model.diffusion_model.";

    private Map<String, TensorView> tensors = Map.of();

    @BeforeEach
    void takes_a_sound_sd1_checkpoint() {
        GoldenKeys golden = GoldenKeys.all().stream()
                .filter(keys -> keys.family() == StableDiffusion.SD1)
                .findFirst()
                .orElseThrow();
        tensors = golden.singleFile();
    }

    private void assertRefused(String... parts) {
        assertThatThrownBy(() -> SingleFileLayout.read(FILE, tensors))
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.safetensors")
                .hasMessageContainingAll(parts);
    }

    @Test
    void every_single_lost_tensor_is_named() {
        List<String> needed = tensors.keySet().stream()
                .filter(key -> key.matches("(model\\.diff|cond_stage|first_stage).*") && !key.endsWith("position_ids"))
                .toList();
        assertThat(needed).isNotEmpty();
        for (String key : needed) {
            TensorView lost = tensors.remove(key);
            assertThatThrownBy(() -> SingleFileLayout.read(FILE, tensors))
                    .as(key)
                    .isExactlyInstanceOf(CheckpointException.class)
                    .hasMessageContaining(key);
            tensors.put(key, lost);
        }
    }

    @Test
    void counts_the_lost_tensors_and_names_the_first() {
        tensors.keySet().removeIf(key -> key.startsWith(UNET + "output_blocks.11."));
        assertRefused("(unet)", "missing (" + UNET + "output_blocks.11.", ", ...)", "of 686 expected tensors");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.diffusion_model.input_blocks.1.0.extra.weight",
                "cond_stage_model.transformer.text_model.encoder.layers.12.extra",
                "first_stage_model.decoder.up.4.block.0.norm1.weight",
                "model.diffusion_model.input_blocks.99999999999.0.in_layers.2.weight",
            })
    void names_a_tensor_that_is_too_many(String key) {
        tensors.put(key, GoldenKeys.header(key, List.of(1L)));
        assertRefused("1 unexpected (" + key + ")", "0 missing");
    }

    @Test
    void does_not_look_at_tensors_outside_the_networks() {
        for (String key : List.of("model_ema.decay2", "denoiser.sigmas", "first_stage_model.loss.x", "whatever")) {
            tensors.put(key, GoldenKeys.header(key, List.of(1L)));
        }
        assertThat(SingleFileLayout.read(FILE, tensors).family()).isEqualTo(StableDiffusion.SD1);
    }

    @Test
    void names_a_tensor_of_another_shape() {
        String key = UNET + "output_blocks.3.0.in_layers.2.weight";
        tensors.put(key, GoldenKeys.header(key, List.of(1280L, 2560L, 3L)));
        assertRefused(key, "[1280, 2560, 3]", "expected [1280, 2560, 3, 3]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input_blocks.0.0.weight", "input_blocks.4.0.in_layers.2.weight", "time_embed.0.weight"})
    void refuses_scalars_and_empty_tensors_where_the_structure_is_read(String key) {
        tensors.put(UNET + key, GoldenKeys.header(UNET + key, List.of()));
        assertRefused(UNET + key, "[]");
        tensors.put(UNET + key, GoldenKeys.header(UNET + key, List.of(0L, 0L, 3L, 3L)));
        assertRefused(UNET + key, "[0, 0, 3, 3]");
    }

    @Test
    void refuses_quantised_weights() {
        String key = UNET + "out.2.weight";
        TensorView eightBits =
                new TensorView(key, ElementType.F8_E4M3, tensors.get(key).shape(), () -> ByteBuffer.allocate(0));
        tensors.put(key, eightBits);
        assertRefused(key, "F8_E4M3", "expected F32, F16 or BF16");
    }

    @ParameterizedTest
    @CsvSource({"9,inpainting", "8,InstructPix2Pix", "5,depth-to-image", "16,no text-to-image model"})
    void says_what_a_unet_with_other_inputs_is_for(long channels, String kind) {
        String key = UNET + "input_blocks.0.0.weight";
        tensors.put(key, GoldenKeys.header(key, List.of(320L, channels, 3L, 3L)));
        assertRefused(kind, channels + " channels");
    }

    @Test
    void says_which_network_is_missing_altogether() {
        Map<String, TensorView> whole = tensors;
        tensors = without(whole, "first_stage_model.");
        assertRefused("has no vae");
        tensors = without(whole, "cond_stage_model.");
        assertRefused("no text encoder");
    }

    @Test
    void says_when_text_encoder_and_unet_do_not_belong_together() {
        tensors.replaceAll((key, tensor) -> key.contains("attn2.to_k") || key.contains("attn2.to_v")
                ? GoldenKeys.header(key, List.of(tensor.shape().get(0), 1024L))
                : tensor);
        assertRefused("width 1024", "gives 768");
    }

    @Test
    void says_when_it_is_a_refiner() {
        tensors = without(tensors, "cond_stage_model.");
        String key = "conditioner.embedders.0.model.ln_final.weight";
        tensors.put(key, GoldenKeys.header(key, List.of(1L)));
        assertRefused("refiner");
    }

    @Test
    void reads_early_files_without_the_text_model_level() {
        StableDiffusionNetworks usual = SingleFileLayout.read(FILE, tensors);
        Map<String, TensorView> early = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> early.put(key.replace("transformer.text_model.", "transformer."), tensor));
        StableDiffusionNetworks contents = SingleFileLayout.read(FILE, early);
        assertThat(contents.tensors().get(Component.TEXT_ENCODER).keySet())
                .isEqualTo(usual.tensors().get(Component.TEXT_ENCODER).keySet());
    }

    @ParameterizedTest
    @CsvSource({
        "model.diffusion_model., model_ema.diffusion_model.",
        "model.diffusion_model., diffusion_model.",
        "model.diffusion_model., unet.",
        "model.diffusion_model., model.model.diffusion_model.",
        "model., state_dict.model.",
        "model., module.",
        "'', state_dict.",
        "'', module.",
        "'', model.",
        "first_stage_model., vae.",
        "first_stage_model., model.first_stage_model.",
        "cond_stage_model.transformer., te.",
        "cond_stage_model.transformer., text_encoder.",
        "cond_stage_model.transformer., text_encoders.clip_l.transformer.",
        "cond_stage_model.transformer.text_model., cond_stage_model.",
        "cond_stage_model.transformer., ''",
        "first_stage_model., ''",
        "model.diffusion_model., ''",
    })
    void finds_the_networks_under_other_prefixes(String usual, String other) {
        for (GoldenKeys golden : GoldenKeys.all()) {
            Map<String, TensorView> whole = golden.singleFile();
            StableDiffusionNetworks expected = SingleFileLayout.read(FILE, whole);
            Map<String, TensorView> moved = new LinkedHashMap<>();
            whole.forEach((key, tensor) -> {
                String name = key.startsWith(usual) ? other + key.substring(usual.length()) : key;
                moved.put(name, GoldenKeys.header(name, tensor.shape()));
            });
            StableDiffusionNetworks contents = SingleFileLayout.read(FILE, moved);
            assertThat(contents.family()).isEqualTo(golden.family());
            assertThat(contents.unet()).isEqualTo(expected.unet());
            expected.tensors()
                    .forEach((component, network) -> assertThat(
                                    contents.tensors().get(component).keySet())
                            .isEqualTo(network.keySet()));
        }
    }

    @Test
    void finds_networks_in_the_names_of_diffusers() {
        for (GoldenKeys golden : GoldenKeys.all()) {
            Map<String, TensorView> named = new LinkedHashMap<>();
            golden.rows().forEach(row -> {
                String name = row.component().folderName() + "." + row.diffusersName();
                named.put(name, GoldenKeys.header(name, row.diffusersShape()));
            });
            StableDiffusionNetworks contents = SingleFileLayout.read(FILE, named);
            assertThat(contents.family()).isEqualTo(golden.family());
            assertThat(contents.unet())
                    .isEqualTo(SingleFileLayout.read(FILE, golden.singleFile()).unet());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_ema.diffusion_model.", "model_ema.diffusion_model"})
    void averaged_copies_beside_the_weights_are_not_looked_at(String prefix) {
        Map<String, TensorView> both = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            if (key.startsWith(UNET)) {
                String copy = key.substring(UNET.length());
                copy = prefix + (prefix.endsWith(".") ? copy : copy.replace(".", ""));
                both.put(copy, GoldenKeys.header(copy, List.of(1L)));
            }
        });
        both.putAll(tensors);
        assertThat(SingleFileLayout.read(FILE, both).unet())
                .isEqualTo(SingleFileLayout.read(FILE, tensors).unet());
    }

    @Test
    void reads_an_averaged_copy_without_dots_where_it_is_all_there_is() {
        StableDiffusionNetworks usual = SingleFileLayout.read(FILE, tensors);
        Map<String, TensorView> averaged = new LinkedHashMap<>();
        tensors.forEach((key, tensor) -> {
            String copy = key.startsWith(UNET)
                    ? "model_ema.diffusion_model" + key.substring(UNET.length()).replace(".", "")
                    : key;
            averaged.put(copy, GoldenKeys.header(copy, tensor.shape()));
        });
        StableDiffusionNetworks contents = SingleFileLayout.read(FILE, averaged);
        assertThat(contents.unet()).isEqualTo(usual.unet());
        assertThat(contents.tensors().get(Component.UNET).keySet())
                .isEqualTo(usual.tensors().get(Component.UNET).keySet());
    }

    @Test
    void says_which_networks_are_there_when_one_is_not() {
        Map<String, TensorView> whole = tensors;
        tensors = without(whole, UNET);
        assertRefused("has no unet, only a VAE (keys first_stage_model....) and a text encoder (CLIP) (keys"
                + " cond_stage_model.transformer....)");
        tensors = without(without(whole, "first_stage_model."), "cond_stage_model.");
        assertRefused("looks like a UNet alone (keys model.diffusion_model....): it has no vae and no text encoder");
    }

    @Test
    void the_order_of_the_keys_does_not_matter() {
        assertThat(SingleFileLayout.read(FILE, new TreeMap<>(tensors)).unet())
                .isEqualTo(SingleFileLayout.read(FILE, tensors).unet());
    }

    @ParameterizedTest
    @CsvSource({
        "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight, a LoRA",
        "transformer.single_blocks.0.lora_A.weight, a LoRA",
        "lora_te1_text_model_encoder_layers_0_mlp_fc1.alpha, a LoRA",
        "control_model.input_blocks.0.0.weight, a ControlNet",
        "controlnet_cond_embedding.conv_in.weight, a ControlNet",
        "model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale, a Flux model",
        "double_blocks.0.img_attn.norm.key_norm.scale, a Flux model",
        "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight, a Stable Diffusion 3 model",
        "emb_params, a textual inversion embedding",
        "clip_l, a textual inversion embedding",
        "encoder.down.0.block.0.conv1.weight, a VAE alone",
        "first_stage_model.encoder.conv_in.weight, a VAE alone",
        "text_model.encoder.layers.0.mlp.fc1.weight, a text encoder",
        "transformer.resblocks.0.attn.in_proj_weight, a text encoder",
        "down_blocks.0.resnets.0.conv1.weight, open the folder",
        "input_blocks.0.0.weight, a UNet alone",
        "something.else, 'something.else'",
    })
    void says_what_another_kind_of_model_is(String key, String kind) {
        tensors = Map.of(key, GoldenKeys.header(key, List.of(1L)));
        assertRefused(kind);
    }

    @Test
    void random_changes_of_keys_and_shapes_end_in_a_result_or_an_exception_of_our_own() {
        Random random = new Random(1);
        List<Long> sizes = List.of(0L, 1L, 2L, 3L, 320L, 1L << 31, 1L << 40, Long.MAX_VALUE);
        List<String> keys = List.copyOf(tensors.keySet());
        Map<String, TensorView> sound = Map.copyOf(tensors);
        int refused = 0;
        for (int round = 0; round < 1000; round++) {
            tensors = new LinkedHashMap<>(sound);
            for (int change = random.nextInt(3); change >= 0; change--) {
                String key = keys.get(random.nextInt(keys.size()));
                List<Long> shape = new ArrayList<>();
                for (int axis = random.nextInt(5); axis > 0; axis--) {
                    shape.add(sizes.get(random.nextInt(sizes.size())));
                }
                tensors.put(key, GoldenKeys.header(key, shape));
                tensors.remove(keys.get(random.nextInt(keys.size())));
            }
            try {
                SingleFileLayout.read(FILE, tensors);
            } catch (CheckpointException expected) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(900);
    }

    @Test
    void says_when_there_is_nothing() {
        tensors = Map.of();
        assertRefused("0 tensors");
    }

    private static Map<String, TensorView> without(Map<String, TensorView> tensors, String prefix) {
        Map<String, TensorView> rest = new LinkedHashMap<>(tensors);
        rest.keySet().removeIf(key -> key.startsWith(prefix));
        return rest;
    }

    @ParameterizedTest
    @ValueSource(strings = {"down_blocks.%d.resnets.%d", "encoder.down_blocks.%d.resnets.%d"})
    void numbers_of_levels_and_layers_that_no_file_can_hold_are_refused_before_they_are_listed(String resnet) {
        Map<String, TensorView> sparse = new LinkedHashMap<>();
        for (String conv : List.of("conv_in.weight", "encoder.conv_in.weight")) {
            sparse.put(conv, Tensors.view(conv, List.of(32L, 4L, 3L, 3L)));
        }
        for (int i = 0; i < 3000; i++) {
            for (String name : List.of(resnet.formatted(i, 0), resnet.formatted(0, i))) {
                sparse.put(name + ".conv1.weight", Tensors.view(name, List.of(32L, 32L, 3L, 3L)));
            }
        }
        Component component = resnet.startsWith("encoder") ? Component.VAE : Component.UNET;
        ComponentTensors network = new ComponentTensors(FILE, component, "", sparse, KeyMap.DIFFUSERS, key -> false);
        assertThatThrownBy(() -> {
                    if (component == Component.VAE) {
                        VaeStructure.of(network, 4);
                    } else {
                        UNetStructure.of(network);
                    }
                })
                .isExactlyInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("model.safetensors", "3000 x 3000 layers");
    }
}
