package io.github.txt2lora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2Lora;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoraCommandsTest {

    @TempDir
    private static Path shared;

    private static String lora;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() {
        ModelSource model = DemoCheckpoint.copyTo(shared);
        try (TrainingEngine engine = TrainingEngine.open(
                EngineOptions.builder().device(CommandRun.device()).build())) {
            lora = Txt2Lora.builder()
                    .engine(engine)
                    .name("krnkmd")
                    .model(model)
                    .prompt(PromptPair.enhance("krnkmd")
                            .positive("maid")
                            .resolution(64)
                            .build())
                    .training(TrainingSpec.builder()
                            .iterations(1)
                            .method(method -> method.withRollout(rollout -> rollout.withSteps(2)))
                            .build())
                    .output(shared)
                    .build()
                    .train()
                    .file()
                    .toString();
        }
    }

    @Test
    void info_shows_family_rank_hash_and_metadata() {
        CommandRun run = CommandRun.of("info", lora);

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("modules of rank 4, for sd_v1", "hash: matches", "ss_output_name: krnkmd", "numbers: F16");
    }

    @Test
    void info_shows_the_ranks_of_blocks_where_they_differ() {
        String dynamic = folder.resolve("dynamic.safetensors").toString();
        CommandRun resize = CommandRun.of("resize", lora, dynamic, "--sv-fro=0.9");
        assertThat(resize.exitCode()).as(resize.err()).isZero();

        assertThat(CommandRun.of("info", dynamic).out())
                .containsPattern("modules of rank 1 to \\d")
                .containsPattern("\\n  ranks: unet\\.down_blocks\\.0 \\d( to \\d)?, .*unet\\.mid_block \\d");
        assertThat(CommandRun.of("info", lora).out()).doesNotContain("ranks:");
    }

    @Test
    void info_changes_metadata_in_another_file() {
        Path edited = folder.resolve("edited.safetensors");

        JsonNode info = CommandRun.of(
                        "info",
                        lora,
                        "--set",
                        "modelspec.author=me=you",
                        "--remove=ss_seed",
                        "-o",
                        edited.toString(),
                        "--json")
                .result();

        assertThat(info.get("file").asText()).isEqualTo(edited.toString());
        assertThat(info.get("metadata").get("modelspec.author").asText()).isEqualTo("me=you");
        assertThat(info.get("metadata").has("ss_seed")).isFalse();
        assertThat(info.get("hash").asText()).isEqualTo("MATCHES");
    }

    @Test
    void info_tells_by_its_exit_code_that_the_content_was_changed() throws IOException {
        Path changed = Files.copy(Path.of(lora), folder.resolve("changed.safetensors"));
        try (RandomAccessFile file = new RandomAccessFile(changed.toFile(), "rw")) {
            file.seek(file.length() - 1);
            int last = file.read();
            file.seek(file.length() - 1);
            file.write(last ^ 1);
        }

        CommandRun run = CommandRun.of("info", changed.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("hash: DIFFERS");
    }

    @Test
    void resize_makes_a_smaller_file() {
        Path small = folder.resolve("small.safetensors");

        CommandRun run = CommandRun.of("resize", lora, small.toString(), "--rank=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).startsWith(small + ": ").contains("rank 1 to 1");
        assertThat(small.toFile().length()).isLessThan(Path.of(lora).toFile().length());
        assertThat(run.err()).contains("Resizing").doesNotContain("\r", "\u001b");
    }

    @Test
    void resize_says_in_words_that_nothing_is_in_the_file() {
        String zero = folder.resolve("zero.safetensors").toString();
        CommandRun merge = CommandRun.of("merge", lora + ":0", "-o", zero);
        assertThat(merge.exitCode()).as(merge.err()).isZero();

        CommandRun run = CommandRun.of(
                "resize", zero, folder.resolve("small.safetensors").toString(), "--rank=1");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("all of them zero").doesNotContain("NaN");
    }

    @Test
    void merge_takes_a_weight_for_the_text_encoders_and_one_for_the_unet() {
        Path merged = folder.resolve("merged.safetensors");

        CommandRun run = CommandRun.of("merge", lora + ":0.5:0.25", "-o", merged.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.result().get("metadata").get("ss_training_comment").asText())
                .contains(Path.of(lora).getFileName() + " (0.5:0.25)");
    }

    @Test
    void resize_takes_a_folder_and_tells_machines_of_every_module() throws IOException {
        Path in = Files.createDirectory(folder.resolve("in"));
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.copy(Path.of(lora), in.resolve("a.safetensors"));

        CommandRun run =
                CommandRun.of("resize", in.toString(), out.toString(), "--sv-fro=0.9", "--max-rank=2", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(out.resolve("a.safetensors")).exists();
        JsonNode modules = run.result().get("loras").get(0).get("modules");
        assertThat(run.json()).hasSize(modules.size() + 1);
        assertThat(modules.get(0).get("oldRank").asInt()).isEqualTo(4);
        assertThat(modules)
                .allSatisfy(module -> assertThat(module.get("rank").asInt()).isBetween(1, 2));
    }

    @Test
    void convert_changes_names_and_numbers() {
        Path diffusers = folder.resolve("diffusers.safetensors");

        CommandRun run =
                CommandRun.of("convert", lora, diffusers.toString(), "--naming=diffusers", "--precision", "fp32");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith(diffusers + ": ")
                .contains("modules of rank 4", "naming: DIFFUSERS", "numbers: F32", "hash: matches");
        assertThat(run.err()).contains("Converting").doesNotContain("\r", "\u001b");
    }

    @Test
    void convert_leaves_what_is_not_named_and_may_replace_its_input() throws IOException {
        Path file = Files.copy(Path.of(lora), folder.resolve("a.safetensors"));

        CommandRun run = CommandRun.of("convert", file.toString(), file.toString(), "--precision=bf16", "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode result = run.result();
        assertThat(result.get("file").asText()).isEqualTo(file.toString());
        assertThat(result.get("naming").asText()).isEqualTo("KOHYA");
        assertThat(result.get("numberFormats")).extracting(JsonNode::asText).containsExactly("BF16");
        assertThat(run.json()).hasSize(result.get("modules").asInt() + 1);
    }

    @Test
    void convert_refuses_what_is_no_lora() {
        Path none = folder.resolve("none.safetensors");

        CommandRun run = CommandRun.of(
                "convert",
                shared.resolve("chibi.safetensors").toString(),
                folder.resolve("out.safetensors").toString(),
                "--naming=kohya");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).startsWith("Error: ").contains("chibi.safetensors");
        assertThat(CommandRun.of("convert", none.toString(), none.toString(), "--naming=kohya")
                        .err())
                .contains("none.safetensors");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void merge_adds_the_ranks() {
        Path both = folder.resolve("both.safetensors");

        CommandRun run = CommandRun.of("merge", lora + ":0.5", lora + ":-1", "-o", both.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.result().get("maxRank").asInt()).isEqualTo(8);
        assertThat(both).isNotEmptyFile();
    }

    @Test
    void merge_changes_a_checkpoint() {
        Path merged = folder.resolve("merged.safetensors");

        CommandRun run = CommandRun.of(
                "merge",
                lora,
                "--checkpoint",
                shared.resolve("chibi.safetensors").toString(),
                "-o",
                merged.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("tensors changed");
        assertThat(merged).hasSize(shared.resolve("chibi.safetensors").toFile().length());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    resize a b                        | --rank
                    resize a b --rank=1 --sv-fro=0.5  | mutually exclusive
                    resize a b --rank=0               | expected 1 or more
                    resize a b --sv-fro=2             | at most 1
                    resize a b --rank=1 --max-rank=1  | give one of them
                    merge a                           | --output
                    merge a -o b --max-rank=2         | without a rule
                    merge a -o b --checkpoint=c --precision=fp16 | for a new LoRA
                    merge a -o b --precision=fp8      | FP32, FP16, BF16
                    convert a b                       | expected --precision, --naming or both
                    convert a --naming=kohya          | OUTPUT
                    convert a b --naming=peft         | KOHYA, DIFFUSERS
                    info a -o b                       | although nothing is changed
                    info a --set=sshs_model_hash=1    | cannot be set
                    info a --set=x                    | x
                    """)
    void misuse_is_a_sentence_and_exit_code_2(String line, String sentence) {
        CommandRun run = CommandRun.of(line.strip().split(" +"));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("Error: ").contains(sentence, "See: txt2lora");
    }
}
