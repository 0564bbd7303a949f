package io.github.txt2lora.text;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.golden.GoldenCases;
import io.github.txt2lora.golden.GoldenCheckpoints;
import io.github.txt2lora.golden.GoldenFile;
import io.github.txt2lora.torch.TestTorch;
import io.github.txt2lora.torch.Torch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class TextEncoderParityTest {

    private static final double TOLERANCE = 1e-4;
    private static final ClipTokenizer TOKENIZER = ClipTokenizer.load();
    private static final String WEIGHTS = ".weights.safetensors";
    private static final Pattern HIDDEN = Pattern.compile("hidden\\.minus(\\d+)(\\.final_norm)?");
    private static final Pattern CLIP_SKIP = Pattern.compile("clip_skip_(\\d+)");

    @TestFactory
    Stream<DynamicTest> hidden_states_and_pooled_rows_agree_with_transformers() {
        return GoldenCases.each("text_encoder", ofCheckpoints(), TextEncoderParityTest::compareEncoders);
    }

    @TestFactory
    Stream<DynamicTest> prompts_are_encoded_as_diffusers_does() {
        return GoldenCases.each("prompts", ofCheckpoints(), TextEncoderParityTest::comparePrompts);
    }

    @TestFactory
    Stream<DynamicTest> encoders_with_several_heads_agree_with_transformers() {
        return GoldenCases.each(
                "text_encoder with its own weights",
                GoldenCases.files("text_encoder", WEIGHTS),
                TextEncoderParityTest::compareOwnWeights);
    }

    private static List<Path> ofCheckpoints() {
        return GoldenCases.files("text_encoder", ".safetensors").stream()
                .filter(file -> !file.toString().endsWith(WEIGHTS))
                .filter(file -> !Files.exists(weightsBeside(file)))
                .toList();
    }

    private static Path weightsBeside(Path file) {
        return file.resolveSibling(GoldenCases.name(file, ".safetensors") + WEIGHTS);
    }

    private static void compareEncoders(Path file) {
        try (Torch torch = TestTorch.start();
                GoldenFile recorded = GoldenFile.open(file);
                Checkpoint checkpoint = GoldenCheckpoints.open(GoldenCases.name(file, ".safetensors"))) {
            for (TextEncoderUse use : uses(torch, checkpoint)) {
                boolean second = use.component() == Component.TEXT_ENCODER_2;
                String prefix = second ? "2." : "";
                String ids = second ? "input_ids_2" : "input_ids";
                try (NDManager scope = torch.newScope();
                        ClipTextEncoder encoder = ClipTextEncoder.load(
                                torch, checkpoint.tensors(use.component()), use.activation(), Precision.FP32)) {
                    Map<String, NDArray> actual =
                            outputs(encoder, scope, recorded.array(scope, ids), recorded.names(), prefix);
                    assertThat(actual).isNotEmpty();
                    compare(recorded, actual);
                }
            }
        }
    }

    /**
     * The recorded outputs of an encoder, by the names of the recording; it has no names of other encoders' outputs.
     */
    private static Map<String, NDArray> outputs(
            ClipTextEncoder encoder, NDManager scope, NDArray ids, List<String> names, String prefix) {
        NDList states = encoder.hiddenStates(scope, ids);
        NDArray normed = encoder.finalNorm(scope, states.get(states.size() - 1));
        Map<String, NDArray> outputs = new LinkedHashMap<>();
        for (String name : names) {
            if (!name.startsWith(prefix)) {
                continue;
            }
            String output = name.substring(prefix.length());
            Matcher hidden = HIDDEN.matcher(output);
            Matcher clipSkip = CLIP_SKIP.matcher(output);
            if (hidden.matches()) {
                NDArray state = states.get(states.size() - Integer.parseInt(hidden.group(1)));
                outputs.put(name, hidden.group(2) == null ? state : encoder.finalNorm(scope, state));
            } else if (clipSkip.matches()) {
                NDArray state = states.get(states.size() - Integer.parseInt(clipSkip.group(1)));
                outputs.put(name, encoder.finalNorm(scope, state));
            } else if (output.equals("embeddings")) {
                outputs.put(name, states.get(0));
            } else if (output.equals("last_hidden_state")) {
                outputs.put(name, normed);
            } else if (output.equals("pooler_output")) {
                outputs.put(name, encoder.pooled(scope, normed, ids));
            } else if (output.equals("text_embeds")) {
                outputs.put(name, encoder.project(scope, encoder.pooled(scope, normed, ids)));
            }
        }
        return outputs;
    }

    private static void comparePrompts(Path file) {
        List<String> texts = texts();
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                GoldenFile recorded = GoldenFile.open(file);
                Checkpoint checkpoint = GoldenCheckpoints.open(GoldenCases.name(file, ".safetensors"))) {
            compareIds(torch, checkpoint, scope, recorded, texts);
            List<Integer> clipSkips = recorded.names().stream()
                    .map(CLIP_SKIP::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> Integer.valueOf(matcher.group(1)))
                    .toList();
            for (int clipSkip : clipSkips) {
                Conditioning conditioning = encode(torch, scope, checkpoint, texts, clipSkip);
                compare(recorded, Map.of("clip_skip_" + clipSkip, conditioning.context()));
            }
            if (recorded.has("context")) {
                Conditioning conditioning = encode(torch, scope, checkpoint, texts, 1);
                assertThat(conditioning.pooled()).isNotNull();
                compare(recorded, Map.of("context", conditioning.context(), "pooled", conditioning.pooled()));
            } else {
                assertThat(clipSkips).isNotEmpty();
            }
        }
    }

    private static List<TextEncoderUse> uses(Torch torch, Checkpoint checkpoint) {
        var encoder = (ClipPromptEncoder)
                Families.standard().of(checkpoint).promptEncoder(torch, checkpoint, TOKENIZER, Precision.FP32, 1);
        return encoder.uses();
    }

    private static void compareIds(
            Torch torch, Checkpoint checkpoint, NDManager scope, GoldenFile recorded, List<String> texts) {
        for (TextEncoderUse use : uses(torch, checkpoint)) {
            String name = use.component() == Component.TEXT_ENCODER_2 ? "input_ids_2" : "input_ids";
            long[] ids = texts.stream()
                    .flatMapToInt(text -> Arrays.stream(
                            TOKENIZER.tokenize(text, use.padToken()).ids()))
                    .asLongStream()
                    .toArray();
            assertThat(ids).as(name).isEqualTo(recorded.array(scope, name).toLongArray());
        }
    }

    private static Conditioning encode(
            Torch torch, NDManager scope, Checkpoint checkpoint, List<String> texts, int clipSkip) {
        PromptEncoder encoder = Families.standard()
                .of(checkpoint)
                .promptEncoder(torch, checkpoint, TOKENIZER, Precision.FP32, clipSkip);
        Map<String, PromptEmbedding> embeddings = encoder.encode(texts, scope, warning -> {});
        return Conditioning.batch(
                scope, texts.stream().map(embeddings::get).toList(), 1, PictureSize.uncropped(512, 512));
    }

    private static void compareOwnWeights(Path weightsFile) {
        Path file = weightsFile.resolveSibling(GoldenCases.name(weightsFile, WEIGHTS) + ".safetensors");
        try (Torch torch = TestTorch.start();
                NDManager scope = torch.newScope();
                SafetensorsFile weights = SafetensorsFile.open(weightsFile);
                GoldenFile recorded = GoldenFile.open(file)) {
            for (ClipActivation activation : ClipActivation.values()) {
                String prefix = activation.name().toLowerCase(Locale.ROOT) + ".";
                try (ClipTextEncoder encoder =
                        ClipTextEncoder.load(torch, weights.byName(), activation, Precision.FP32)) {
                    Map<String, NDArray> actual =
                            outputs(encoder, scope, recorded.array(scope, "input_ids"), recorded.names(), prefix);
                    assertThat(actual).as(prefix).isNotEmpty();
                    compare(recorded, actual);
                }
            }
        }
    }

    private static void compare(GoldenFile recorded, Map<String, NDArray> actual) {
        actual.forEach((name, tensor) -> assertThatTensor(tensor).as(name).isCloseTo(recorded.view(name), TOLERANCE));
    }

    private static List<String> texts() {
        try {
            JsonNode texts = new ObjectMapper()
                    .readTree(Files.readString(Golden.file("text_encoder/texts.json")))
                    .get("texts");
            return texts.valueStream().map(JsonNode::asText).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
