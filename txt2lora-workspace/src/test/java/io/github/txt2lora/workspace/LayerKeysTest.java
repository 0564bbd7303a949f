package io.github.txt2lora.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.LoraTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that choose layers by their names, in a file and on a command line. */
class LayerKeysTest {

    private static final List<LayerRank> RANKS = List.of(
            new LayerRank(LoraTarget.names("mid_block"), 8),
            new LayerRank(LoraTarget.layers("attn2\\.to_[kv]$"), 2),
            new LayerRank(LoraTarget.SELFATTN, 0));

    private static final List<LayerRank> BLOCKS =
            LayerRank.ofBlocks(IntStream.range(0, 25).boxed().toList());

    @TempDir
    private Path folder;

    private static LoraSpec read(String yaml) {
        return SettingsDocument.parse(Path.of("name.yaml"), "model_name: tiny\n" + yaml + "\n")
                .settings()
                .spec()
                .lora();
    }

    private LoraSpec set(String key, String value) throws IOException {
        Workspace workspace = Workspace.create(folder);
        Files.writeString(
                workspace.promptsFolder().resolve("krnkmd.yaml"), "- target: a\n  action: enhance\n  positive: b\n");
        Files.writeString(workspace.configFile("krnkmd"), "model_name: tiny\n");
        return workspace
                .withSettings(Map.of(key, value))
                .load("krnkmd")
                .settings()
                .spec()
                .lora();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[mid_block, OUT03]",
                "\n- mid_block\n- OUT03",
                "names(mid_block, OUT03)",
                "'names(mid_block,OUT03)'",
            })
    void names_of_layers_are_a_list_or_a_text(String value) {
        assertThat(read("training_method: " + value).target()).isEqualTo(LoraTarget.names("mid_block", "OUT03"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[mid_block, OUT03]", "names(mid_block, OUT03)"})
    void names_of_layers_may_stand_on_a_command_line(String value) throws IOException {
        assertThat(set("training_method", value).target()).isEqualTo(LoraTarget.names("mid_block", "OUT03"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[mid_block=8, 'layers(attn2\\.to_[kv]$)=2', selfattn=0]",
                "\n- mid_block: 8\n- layers(attn2\\.to_[kv]$): 2\n- SELFATTN=0",
                "\n  mid_block: 8\n  layers(attn2\\.to_[kv]$): 2\n  selfattn: 0",
                "mid_block=8, layers(attn2\\.to_[kv]$)=2, selfattn = 0",
            })
    void ranks_are_a_list_or_keys_and_values_or_a_text(String value) {
        assertThat(read("layer_ranks: " + value).layerRanks()).isEqualTo(RANKS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mid_block=8,layers(attn2\\.to_[kv]$)=2,selfattn=0",
                "[mid_block=8, layers(attn2\\.to_[kv]$)=2, selfattn=0]",
                "[mid_block=8, \"layers(attn2\\\\.to_[kv]$)=2\", selfattn=0]",
            })
    void ranks_may_stand_on_a_command_line(String value) throws IOException {
        assertThat(set("layer_ranks", value).layerRanks()).isEqualTo(RANKS);
    }

    @Test
    void numbers_of_all_blocks_are_written_as_kohya_writes_them() throws IOException {
        String numbers = "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24";

        assertThat(read("block_dims: " + numbers).layerRanks()).isEqualTo(BLOCKS);
        assertThat(read("layer_ranks: [" + numbers + "]").layerRanks()).isEqualTo(BLOCKS);
        assertThat(set("block_dims", numbers).layerRanks()).isEqualTo(BLOCKS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '`',
            value = {
                "training_method: [mid_block, attn2.*] => training_method: target is \"attn2.*\"; expected the name of",
                "training_method: layers(attn2|(to_k) => (Unclosed group at 11)",
                "training_method: {a: {b: c}} => training_method must be a list of single values",
                "layer_ranks: mid_block => layer_ranks is 'mid_block'; expected LAYERS=RANK, such as mid_block=8",
                "layer_ranks: mid_block=x => layer_ranks is 'mid_block=x'; expected LAYERS=RANK",
                "layer_ranks: mid_block=-1 => layer_ranks: rank is -1; expected 0 or more",
                "layer_ranks: [layers(()=1] => layer_ranks: target is \"(\"; expected a regular expression such as",
                "layer_ranks: [1, 2, 3] => \"3 numbers\"; expected 25 for the blocks",
                "layer_ranks: auto=3 => layer_ranks: layers is AUTO; expected layers that are the same",
                "layer_ranks: {mid_block: [1]} => layer_ranks must be a list of single values",
            })
    void what_is_wrong_is_told_with_its_line(String yaml, String message) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("line 2: ")
                .hasMessageContaining(message);
    }

    @Test
    void nothing_leaves_the_rank_to_the_lora() {
        assertThat(read("layer_ranks: []").layerRanks()).isEmpty();
        assertThat(read("layer_ranks:").layerRanks()).isEmpty();
    }
}
