package io.github.txt2lora.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.TrainingEvent;
import io.github.txt2lora.image.ImageRequest;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.workspace.Workspace;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {

    private static final String SETTINGS = """
            model_name: tiny
            train_iterations: 3
            preview_width: 64
            preview_height: 32
            preview_steps: 1
            """;

    @TempDir
    Path folder;

    private Workspace workspace;
    private FakeTrainingEngine engine = engine(TrainingScript.smooth());
    private final FakeLoraOperations operations = FakeLoraOperations.builder().build();

    @BeforeEach
    void create() throws IOException {
        workspace = Workspace.create(folder);
        Files.writeString(folder.resolve("model/tiny.safetensors"), "a model");
        Files.writeString(folder.resolve("model/other.safetensors"), "another model");
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static FakeTrainingEngine engine(TrainingScript script) {
        return FakeTrainingEngine.builder().script(script.writesFiles(true)).build();
    }

    @Test
    void leaves_lora_picture_record_and_report() throws IOException {
        project("krnkmd", SETTINGS);

        BatchResult result = run(BatchOptions.onlyOne());

        assertThat(result.isComplete()).isTrue();
        assertThat(folder.resolve("lora/krnkmd")).isDirectoryContaining("glob:**/krnkmd.safetensors");
        assertThat(ImageIO.read(folder.resolve("lora/krnkmd/krnkmd.png").toFile())
                        .getWidth())
                .isGreaterThan(3 * 64);
        assertThat(result.report()).contains(folder.resolve("lora/report.html"));
        JsonNode record = new ObjectMapper()
                .readTree(folder.resolve("lora/krnkmd/krnkmd.json").toFile());
        assertThat(record.at("/settings/train_iterations").intValue()).isEqualTo(3);
        assertThat(record.at("/settings/precision").textValue()).isEqualTo("float32");
        assertThat(record.at("/settings/preview_places/1").textValue()).isEqualTo("kitchen");
        assertThat(record.at("/prompts/0/target").textValue()).isEqualTo("krnkmd");
        assertThat(record.at("/training/losses")).hasSize(3);
        assertThat(record.at("/training/model/sha256").textValue()).isEqualTo(Sha256.of("a model"));
        assertThat(record.at("/training/sha256").textValue())
                .isEqualTo(Sha256.of(folder.resolve("lora/krnkmd/krnkmd.safetensors")));
        assertThat(record.at("/versions/java").textValue()).contains(System.getProperty("java.version"));
    }

    @Test
    void preview_has_places_as_columns_without_and_with_the_lora() throws IOException {
        project("krnkmd", SETTINGS + "preview_seeds: [7]\n");

        run(BatchOptions.onlyOne());

        List<ImageRequest> requests = engine.requests();
        assertThat(requests.stream().map(ImageRequest::prompt))
                .containsExactly(
                        "krnkmd, shopping mall",
                        "krnkmd, kitchen",
                        "krnkmd, shinto shrine",
                        "krnkmd, shopping mall",
                        "krnkmd, kitchen",
                        "krnkmd, shinto shrine");
        assertThat(requests).allMatch(request -> request.seed() == 7 && request.height() == 32);
        assertThat(requests.get(2).loras()).isEmpty();
        assertThat(requests.get(3).loras().get(0).file()).isEqualTo(folder.resolve("lora/krnkmd/krnkmd.safetensors"));
    }

    @Test
    void preview_of_a_slider_has_a_row_for_its_negative_weight() throws IOException {
        project("hair", SETTINGS + "preview_places: []\n");
        Files.writeString(folder.resolve("prompts/hair.yaml"), "- {target: 1girl, low: short hair, high: long hair}\n");

        run(BatchOptions.onlyOne());

        assertThat(engine.requests())
                .extracting(request ->
                        request.loras().stream().mapToDouble(LoraWeight::weight).sum())
                .containsExactly(-1.0, 0.0, 1.0);
    }

    @Test
    void metrics_of_all_iterations_and_loras_come_into_one_file() throws IOException {
        project("krnkmd", SETTINGS);
        project("tyankmk", SETTINGS);
        Path metrics = folder.resolve("metrics.csv");

        run(BatchOptions.everything().withTogether(2).withMetrics(Optional.of(metrics)));

        assertThat(Files.readAllLines(metrics))
                .filteredOn(line -> line.matches("[a-z]+,\\d,3,.*"))
                .extracting(line -> line.replaceAll("(,\\d),3,.*", "$1"))
                .containsExactlyInAnyOrder("krnkmd,1", "krnkmd,2", "krnkmd,3", "tyankmk,1", "tyankmk,2", "tyankmk,3");
    }

    @Test
    void a_file_for_metrics_with_something_else_is_refused_before_anything_is_trained() throws IOException {
        project("krnkmd", SETTINGS);
        Path mine = Files.writeString(folder.resolve("mine.csv"), "my,table\n");
        BatchOptions options = BatchOptions.onlyOne().withMetrics(Optional.of(mine));

        assertThatThrownBy(() -> run(options))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("holds something else");
        assertThat(engine.trainings()).isEmpty();
    }

    @Test
    void preview_draws_a_target_as_it_was_trained_but_reads_the_users_own_prompts() throws IOException {
        project("krnkmd", SETTINGS + "preview_places: ['(kitchen:1.2)']\n");
        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- target: cat girl (maid) AND :1.2\n");
        project("own", SETTINGS + "preview_places: []\npreview_prompts: ['(krnkmd:1.3)']\n");

        run(BatchOptions.everything());

        assertThat(engine.requests().stream().map(ImageRequest::prompt).distinct())
                .containsExactly("cat girl \\(maid\\) and :\\1.2, (kitchen:1.2)", "(krnkmd:1.3)");
    }

    @Test
    void embeddings_count_where_prompts_name_them() throws IOException {
        Path embedding = workspace.embeddingsFolder().resolve("krnkmd.safetensors");
        Path ofPreview = workspace.embeddingsFolder().resolve("bad-hands.safetensors");
        project("krnkmd", SETTINGS + "preview_negative_prompt: bad-hands\n");
        Files.createDirectory(workspace.embeddingsFolder());
        Files.writeString(ofPreview, "vectors");
        run(BatchOptions.onlyOne());
        assertThat(engine.requests())
                .allMatch(request -> request.modelUse().embeddings().equals(Optional.of(workspace.embeddingsFolder())));
        int drawn = engine.requests().size();

        Files.writeString(workspace.embeddingsFolder().resolve("other.safetensors"), "vectors");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(1);
        assertThat(engine.requests()).hasSize(drawn);

        Files.writeString(ofPreview, "other vectors");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(1);
        assertThat(engine.requests()).hasSize(2 * drawn);

        Files.writeString(embedding, "vectors");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(2);
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(2);
    }

    @Test
    void loras_on_one_model_follow_each_other() throws IOException {
        project("a", SETTINGS);
        project("b", SETTINGS.replace("tiny", "other"));
        project("c", SETTINGS);
        project("d", SETTINGS.replace("tiny", "other"));

        BatchResult result = run(BatchOptions.everything());

        assertThat(engine.trainings().stream().map(LoraTraining::name)).containsExactly("a", "c", "b", "d");
        assertThat(result.outcomes().stream().map(LoraOutcome::name)).containsExactly("a", "b", "c", "d");
    }

    @Test
    void one_that_fails_does_not_stop_the_others() throws IOException {
        project("a", "model_name: tiny\nrank: many\n");
        project("b", SETTINGS);
        project("c", SETTINGS);
        project("d", SETTINGS.replace("tiny", "missing"));
        engine.close();
        engine = FakeTrainingEngine.builder()
                .writesFiles(true)
                .scriptFor("b", TrainingScript.smooth().failAt(2, new TrainingFailedException("<b>out of memory</b>")))
                .build();

        BatchResult result = run(BatchOptions.everything());

        assertThat(result.failures().stream().map(LoraOutcome::name)).containsExactly("a", "b", "d");
        assertThat(result.outcomes().get(2)).isInstanceOf(LoraOutcome.Finished.class);
        assertThat(result.isComplete()).isFalse();
        assertThat(Files.readString(result.report().orElseThrow()))
                .contains("line 2: rank is", "&lt;b&gt;out of memory&lt;/b&gt;", "1 of 4 finished, 3 failed");
    }

    @Test
    void one_whose_file_another_program_trains_does_not_keep_the_others_from_it() throws IOException {
        project("a", SETTINGS);
        project("b", SETTINGS);
        project("c", SETTINGS);
        TrainingEngine refusing = (TrainingEngine) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TrainingEngine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("startTogether")
                            && ((List<?>) arguments[0])
                                    .stream()
                                            .anyMatch(each ->
                                                    ((LoraTraining) each).name().equals("b"))) {
                        throw new StorageException("b is being produced by process 7");
                    }
                    try {
                        return method.invoke(engine, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });

        BatchResult result = new Batch(workspace, refusing, operations)
                .run(BatchOptions.everything().withTogether(3));

        assertThat(result.outcomes())
                .extracting(
                        outcome -> outcome.name() + ": " + outcome.getClass().getSimpleName())
                .containsExactly("a: Finished", "b: Failed", "c: Finished");
        assertThat(result.failures().get(0).failure()).hasMessage("b is being produced by process 7");
    }

    @Test
    void several_on_one_model_are_trained_at_the_same_time() throws IOException {
        project("a", SETTINGS);
        project("b", "model_name: tiny\nrank: many\n");
        project("c", SETTINGS);
        project("d", SETTINGS);
        project("e", SETTINGS.replace("tiny", "other"));
        engine.close();
        engine = FakeTrainingEngine.builder()
                .writesFiles(true)
                .scriptFor("c", TrainingScript.smooth().failAt(2, new TrainingFailedException("out of memory")))
                .build();
        List<String> calls = new ArrayList<>();

        BatchResult result = batch().run(BatchOptions.everything().withTogether(2), new BatchListener() {
            @Override
            public void onLoraStarted(String name, int number, int total) {
                calls.add("start " + name + " " + number + "/" + total);
            }

            @Override
            public void onLoraEnded(LoraOutcome outcome) {
                calls.add("end " + outcome.name());
            }
        });

        assertThat(calls)
                .containsExactly(
                        "end b",
                        "start a 1/4",
                        "start c 2/4",
                        "end a",
                        "end c",
                        "start d 3/4",
                        "end d",
                        "start e 4/4",
                        "end e");
        assertThat(result.failures().stream().map(LoraOutcome::name)).containsExactly("b", "c");
        assertThat(run(BatchOptions.named("a,d,e").withTogether(3)).outcomes())
                .hasSize(3)
                .allMatch(LoraOutcome.Skipped.class::isInstance);
    }

    @Test
    void interruption_suspends_all_that_are_trained_at_the_same_time() throws IOException {
        project("a", SETTINGS);
        project("b", SETTINGS);
        project("c", SETTINGS);
        Thread batchThread = Thread.currentThread();

        BatchResult result = batch().run(BatchOptions.everything().withTogether(2), new BatchListener() {
            @Override
            public void onPicture(String name, int done, int total) {
                batchThread.interrupt();
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.outcomes())
                .satisfiesExactly(
                        a -> assertThat(a).isEqualTo(new LoraOutcome.Interrupted("a", true)),
                        b -> assertThat(b).isEqualTo(new LoraOutcome.Interrupted("b", true)),
                        c -> assertThat(c).isEqualTo(new LoraOutcome.Interrupted("c", false)));
        assertThat(run(BatchOptions.everything().withTogether(3)).isComplete()).isTrue();
    }

    @Test
    void finished_ones_are_skipped_until_something_changes() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());

        assertThat(run(BatchOptions.onlyOne()).outcomes().get(0)).isInstanceOf(LoraOutcome.Skipped.class);
        assertThat(engine.trainings()).hasSize(1);
        assertThat(engine.requests()).hasSize(6);

        for (String withoutEffect : List.of(
                "state_per_seconds: 7\nresume: never\n",
                "measure_quality: false\n",
                "non_finite: skip\nnon_finite_limit: 7\n",
                "save_per_steps: 2\n",
                "timestamp: 2024-12-31T23:59:59Z\n")) {
            project("krnkmd", SETTINGS + withoutEffect);
            assertThat(run(BatchOptions.onlyOne()).outcomes().get(0))
                    .as(withoutEffect)
                    .isInstanceOf(LoraOutcome.Skipped.class);
        }

        project("krnkmd", SETTINGS + "save_precision: float32\n");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(2);

        project("krnkmd", SETTINGS + "seed: 1\n");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(3);

        Files.writeString(folder.resolve("prompts/krnkmd.yaml"), "- target: krnkmd\n  batch_size: 2\n");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(4);
    }

    @Test
    void more_iterations_without_a_state_are_trained_anew_and_say_so() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());
        project("krnkmd", SETTINGS.replace("train_iterations: 3", "train_iterations: 5"));
        List<String> warnings = new ArrayList<>();

        batch().run(BatchOptions.onlyOne(), new BatchListener() {
            @Override
            public void onWarning(String name, String message) {
                warnings.add(message);
            }
        });

        assertThat(engine.trainings()).hasSize(2);
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("train_iterations is 5, was 3, and there is no state ")
                .endsWith("to resume from. The training starts over");
    }

    @Test
    void iterations_that_were_chosen_are_the_same_as_set_ones() throws IOException {
        String chosen = SETTINGS.replace("train_iterations: 3", "train_iterations: auto");
        project("krnkmd", chosen);
        run(BatchOptions.onlyOne());
        int iterations = engine.trainings().get(0).iterations();
        assertThat(iterations).isGreaterThan(3);
        assertThat(new ObjectMapper()
                        .readTree(folder.resolve("lora/krnkmd/krnkmd.json").toFile())
                        .at("/settings/train_iterations")
                        .textValue())
                .isEqualTo("auto");

        project("krnkmd", SETTINGS.replace("train_iterations: 3", "train_iterations: " + iterations));
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(1);

        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(2);
    }

    @Test
    void force_trains_from_the_start() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());

        run(BatchOptions.onlyOne().withForce(true));

        assertThat(engine.trainings().stream()
                        .map(training -> training.spec().saving().states().resume()))
                .containsExactly(Resume.IF_SAME, Resume.NEVER);
    }

    @Test
    void a_forced_training_that_ended_early_is_gone_on_with_and_not_taken_for_finished() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());
        engine.close();
        engine = engine(TrainingScript.smooth().failAt(1, new TrainingFailedException("out of memory")));
        assertThat(run(BatchOptions.onlyOne().withForce(true)).isComplete()).isFalse();
        engine.close();
        engine = engine(TrainingScript.smooth());

        assertThat(run(BatchOptions.onlyOne()).outcomes().get(0)).isInstanceOf(LoraOutcome.Finished.class);

        assertThat(engine.trainings())
                .singleElement()
                .satisfies(training ->
                        assertThat(training.spec().saving().states().resume()).isEqualTo(Resume.IF_SAME));
    }

    @Test
    void changed_model_or_lora_is_noticed_by_its_content() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());

        Files.writeString(folder.resolve("model/tiny.safetensors"), "a model");
        Files.writeString(folder.resolve("model/same.safetensors"), "a model");
        project("krnkmd", SETTINGS.replace("tiny", "same"));
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(1);

        Files.writeString(folder.resolve("model/same.safetensors"), "a better model");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(2);

        Files.writeString(folder.resolve("lora/krnkmd/krnkmd.safetensors"), "damaged");
        run(BatchOptions.onlyOne());
        assertThat(engine.trainings()).hasSize(3);
    }

    @Test
    void damaged_record_counts_as_none() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());
        Path record = folder.resolve("lora/krnkmd/krnkmd.json");
        List<String> warnings = new ArrayList<>();

        for (String text : List.of("", "{", "[]", "null", "{\"format\": 1}", "{\"format\": 2}")) {
            Files.writeString(record, text);
            batch().run(BatchOptions.onlyOne(), new BatchListener() {
                @Override
                public void onWarning(String name, String message) {
                    warnings.add(message);
                }
            });
        }

        assertThat(engine.trainings()).hasSize(7);
        assertThat(warnings).hasSize(6).allMatch(message -> message.contains("krnkmd.json"));
    }

    @Test
    void only_the_preview_is_drawn_again_when_only_it_changes() throws IOException {
        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());

        project("krnkmd", SETTINGS + "preview_places: []\n");
        BatchResult result = run(BatchOptions.onlyOne());

        assertThat(engine.trainings()).hasSize(1);
        assertThat(engine.requests()).hasSize(6 + 2);
        assertThat(result.outcomes().get(0))
                .isInstanceOfSatisfying(
                        LoraOutcome.Finished.class,
                        finished -> assertThat(finished.trained()).isFalse());
    }

    @Test
    void resize_keeps_the_large_one_and_is_made_again_from_it() throws IOException {
        String resized = SETTINGS + "resize: fixed\nresize_value: 2\n";
        project("krnkmd", resized);
        run(BatchOptions.onlyOne());
        Path lora = folder.resolve("lora/krnkmd/krnkmd.safetensors");
        Path large = folder.resolve("lora/krnkmd/krnkmd-large.safetensors");
        String trained = Sha256.of(large);
        assertThat(Files.size(lora)).isGreaterThan(Files.size(large));

        assertThat(run(BatchOptions.onlyOne()).outcomes().get(0)).isInstanceOf(LoraOutcome.Skipped.class);
        project("krnkmd", resized.replace("resize_value: 2", "resize_value: 3"));
        run(BatchOptions.onlyOne());
        assertThat(operations.outputs()).hasSize(2);
        assertThat(Sha256.of(large)).isEqualTo(trained);

        project("krnkmd", SETTINGS);
        run(BatchOptions.onlyOne());
        assertThat(large).doesNotExist();
        assertThat(Sha256.of(lora)).isEqualTo(trained);
        assertThat(engine.trainings()).hasSize(1);
    }

    @Test
    void large_one_of_an_earlier_training_does_not_stay() throws IOException {
        project("krnkmd", SETTINGS + "resize: fixed\nresize_value: 2\n");
        run(BatchOptions.onlyOne());

        project("krnkmd", SETTINGS + "seed: 1\n");
        run(BatchOptions.onlyOne());

        assertThat(folder.resolve("lora/krnkmd/krnkmd-large.safetensors")).doesNotExist();
        assertThat(engine.trainings()).hasSize(2);
    }

    @Test
    void large_one_is_deleted_on_request_and_trained_again_when_it_is_needed() throws IOException {
        project("krnkmd", SETTINGS + "resize: sv_fro\nresize_value: 0.9\n");
        BatchOptions options = BatchOptions.onlyOne().withDeleteResizeSource(true);
        run(options);

        assertThat(folder.resolve("lora/krnkmd/krnkmd-large.safetensors")).doesNotExist();
        assertThat(run(options).outcomes().get(0)).isInstanceOf(LoraOutcome.Skipped.class);

        project("krnkmd", SETTINGS);
        run(options);
        assertThat(engine.trainings()).hasSize(2);
    }

    @Test
    void interruption_ends_the_batch_and_the_next_run_completes_it() throws IOException {
        project("a", SETTINGS);
        project("b", SETTINGS);
        project("c", SETTINGS);
        Thread batchThread = Thread.currentThread();

        BatchResult result = batch().run(BatchOptions.everything(), new BatchListener() {
            @Override
            public void onPicture(String name, int done, int total) {
                if (name.equals("b")) {
                    batchThread.interrupt();
                }
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        assertThat(result.isInterrupted()).isTrue();
        assertThat(result.outcomes())
                .satisfiesExactly(
                        a -> assertThat(a).isInstanceOf(LoraOutcome.Finished.class),
                        b -> assertThat(b).isEqualTo(new LoraOutcome.Interrupted("b", true)),
                        c -> assertThat(c).isEqualTo(new LoraOutcome.Interrupted("c", false)));

        assertThat(run(BatchOptions.everything()).isComplete()).isTrue();
        assertThat(engine.trainings().stream().map(LoraTraining::name)).containsExactly("a", "b", "c");
    }

    @Test
    void closed_engine_ends_the_batch() throws IOException {
        project("a", SETTINGS);
        project("b", SETTINGS);
        BatchListener closing = new BatchListener() {
            @Override
            public void onLoraStarted(String name, int number, int total) {
                engine.close();
            }
        };

        BatchResult result = batch().run(BatchOptions.everything(), closing);

        assertThat(result.isComplete()).isFalse();
    }

    @Test
    void listener_is_told_of_everything_and_may_throw() throws IOException {
        project("krnkmd", SETTINGS + "resize: fixed\nresize_value: 2\n");
        List<String> calls = new ArrayList<>();

        BatchResult result = batch().run(BatchOptions.onlyOne(), new BatchListener() {
            @Override
            public void onLoraStarted(String name, int number, int total) {
                calls.add("start " + name + " " + number + "/" + total);
                throw new IllegalStateException("test");
            }

            @Override
            public void onTraining(String name, TrainingEvent event) {
                if (event instanceof IterationFinished) {
                    calls.add("iteration");
                }
            }

            @Override
            public void onResize(String name, OperationProgress progress) {
                calls.add("resize");
            }

            @Override
            public void onPicture(String name, int done, int total) {
                calls.add(done + " of " + total);
            }

            @Override
            public void onLoraEnded(LoraOutcome outcome) {
                calls.add("end");
            }
        });

        assertThat(result.isComplete()).isTrue();
        assertThat(calls)
                .startsWith("start krnkmd 1/1")
                .contains("iteration", "resize")
                .endsWith("6 of 6", "end");
    }

    @Test
    void model_is_downloaded_into_the_workspace() throws IOException {
        project("krnkmd", SETTINGS.replace("tiny", "far") + "model_url: https://example.org/far.safetensors\n");
        List<URI> urls = new ArrayList<>();

        new Batch(workspace, engine, operations, (model, progress) -> {
                    urls.add(model.url());
                    try {
                        return Files.writeString(model.folder().resolve("far.safetensors"), "a far model");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .run(BatchOptions.onlyOne());

        assertThat(urls).containsExactly(URI.create("https://example.org/far.safetensors"));
        assertThat(engine.trainings().get(0).model().displayName()).isEqualTo("far.safetensors");
        assertThat(run(BatchOptions.onlyOne()).outcomes().get(0)).isInstanceOf(LoraOutcome.Skipped.class);
    }

    @Test
    void secrets_of_the_models_address_are_in_nothing_that_is_left() throws IOException {
        project(
                "krnkmd",
                SETTINGS.replace("tiny", "far")
                        + "model_url: \"https://example.org/far.safetensors?X-Sig=s3cret&a=b#s3cret\"\n");

        Preflight preflight = Preflight.check(workspace, BatchOptions.onlyOne());
        BatchResult result = new Batch(workspace, engine, operations, (model, progress) -> {
                    try {
                        assertThat(model.url().toString()).contains("s3cret");
                        return Files.writeString(model.folder().resolve("far.safetensors"), "a far model");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .run(BatchOptions.onlyOne());

        assertThat(preflight.warnings())
                .singleElement()
                .asString()
                .contains("https://example.org/far.safetensors?***")
                .doesNotContain("s3cret");
        assertThat(result.isComplete()).isTrue();
        try (Stream<Path> files = Files.walk(folder.resolve("lora"))) {
            assertThat(files.filter(Files::isRegularFile))
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .doesNotContain("s3cret"));
        }
        assertThat(folder.resolve("lora/krnkmd/krnkmd.json"))
                .content()
                .contains("\"model_url\" : \"https://example.org/far.safetensors?***\"");
    }

    @Test
    void names_are_chosen_by_a_list_all_or_the_only_one() throws IOException {
        assertThatThrownBy(() -> run(BatchOptions.everything()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("no settings");
        project("alice", SETTINGS);
        project("krnkmd", SETTINGS);

        assertThat(run(BatchOptions.named(" krnkmd, ,alice,krnkmd ")).outcomes())
                .hasSize(2);
        assertThatThrownBy(() -> run(BatchOptions.onlyOne()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("alice, krnkmd");
        assertThatThrownBy(() -> run(BatchOptions.named("alise")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("did you mean alice?");
        assertThatThrownBy(() -> BatchOptions.named(" , ")).isInstanceOf(InvalidSettingException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "krnkmd.safetensors",
                "krnkmd-large.safetensors",
                ".krnkmd-small.safetensors",
                "krnkmd.json",
                "krnkmd.png"
            })
    void nothing_is_trained_if_a_file_would_be_written_through_a_link(String name) throws IOException {
        project("krnkmd", SETTINGS);
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Path link = Files.createDirectories(folder.resolve("lora/krnkmd")).resolve(name);
        Files.createSymbolicLink(link, precious);

        assertThat(Preflight.check(workspace, BatchOptions.onlyOne()).problems())
                .anyMatch(problem -> problem.contains(link + " is a link to " + precious + "; expected"));
        assertThat(run(BatchOptions.onlyOne()).failures())
                .singleElement()
                .satisfies(failed -> assertThat(failed.failure())
                        .hasMessageStartingWith(link + " is a link to " + precious + "; expected"));

        assertThat(engine.trainings()).isEmpty();
        assertThat(precious).hasContent("precious");
        assertThat(link).isSymbolicLink();
    }

    @Test
    void link_of_a_loras_name_is_refused_and_one_of_the_folder_of_all_is_followed() throws IOException {
        project("krnkmd", SETTINGS);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("lora/krnkmd"), elsewhere);

        assertThat(run(BatchOptions.onlyOne()).failures())
                .singleElement()
                .satisfies(
                        failed -> assertThat(failed.failure()).hasMessageStartingWith(link + " is a link; expected"));
        assertThat(elsewhere).isEmptyDirectory();

        Files.delete(link);
        Files.delete(folder.resolve("lora/report.html"));
        Files.delete(folder.resolve("lora"));
        Files.createSymbolicLink(folder.resolve("lora"), elsewhere);

        assertThat(run(BatchOptions.onlyOne()).isComplete()).isTrue();
        assertThat(elsewhere.resolve("krnkmd/krnkmd.safetensors")).exists();
    }

    @Test
    void report_that_is_a_link_is_not_written_and_harms_no_training() throws IOException {
        project("krnkmd", SETTINGS);
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        Files.createSymbolicLink(folder.resolve("lora/report.html"), precious);

        assertThat(Preflight.check(workspace, BatchOptions.onlyOne()).warnings())
                .anyMatch(warning -> warning.contains("there will be no report: "));
        BatchResult result = run(BatchOptions.onlyOne());

        assertThat(result.isComplete()).isTrue();
        assertThat(result.report()).isEmpty();
        assertThat(precious).hasContent("precious");
    }

    private Batch batch() {
        return new Batch(workspace, engine, operations);
    }

    private BatchResult run(BatchOptions options) {
        return batch().run(options);
    }

    private void project(String name, String settings) throws IOException {
        Files.writeString(workspace.configFile(name), settings);
        Files.writeString(
                workspace.promptsFolder().resolve(name + ".yaml"),
                "- target: krnkmd\n  action: enhance\n  positive: maid\n");
    }
}
