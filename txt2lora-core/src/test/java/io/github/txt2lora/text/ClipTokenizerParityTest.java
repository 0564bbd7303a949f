package io.github.txt2lora.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.golden.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

@Tag("parity")
class ClipTokenizerParityTest {

    private final ClipTokenizer tokenizer = ClipTokenizer.load();

    @TestFactory
    Stream<DynamicTest> gives_the_ids_of_the_reference_tokenizer() throws IOException {
        Path file = Golden.file("tokenizer/cases.json");
        assumeTrue(Files.exists(file), "no recorded token ids");
        JsonNode cases = new ObjectMapper().readTree(file.toFile());
        int length = cases.get("max_length").asInt();
        assertThat(length).isEqualTo(ClipTokenizer.LENGTH);
        JsonNode rows = cases.get("rows");
        assertThat(rows).isNotEmpty();
        return StreamSupport.stream(rows.spliterator(), false)
                .map(row -> dynamicTest(row.get("text").toString(), () -> check(row)));
    }

    private void check(JsonNode row) {
        String text = row.get("text").asText();
        int[] ids = ids(row.get("ids"));
        int[] splittingIds = row.has("ids_pad0") ? ids(row.get("ids_pad0")) : ids;

        assertThat(tokenizer.tokenize(text, PadToken.END_OF_TEXT).ids()).isEqualTo(padded(ids, 49407));
        assertThat(tokenizer.tokenize(text, PadToken.ZERO).ids()).isEqualTo(padded(ids, 0));
        assertThat(tokenizer.tokenize(text, PadToken.EXCLAMATION_MARK).ids()).isEqualTo(padded(splittingIds, 0));
        int[] all = tokenizer.encode(text);
        assertThat(Arrays.copyOf(all, ids.length - 1)).isEqualTo(Arrays.copyOf(ids, ids.length - 1));
        if (ids.length < ClipTokenizer.LENGTH) {
            assertThat(all).isEqualTo(ids);
        }
    }

    private static int[] ids(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .mapToInt(JsonNode::asInt)
                .toArray();
    }

    private static int[] padded(int[] ids, int padId) {
        int[] padded = Arrays.copyOf(ids, ClipTokenizer.LENGTH);
        Arrays.fill(padded, ids.length, padded.length, padId);
        return padded;
    }
}
