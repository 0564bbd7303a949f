package io.github.txt2lora.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.txt2lora.CancelMode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PreviewSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.batch.BatchOptions;
import io.github.txt2lora.batch.BatchResult;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.VirtualClock;
import io.github.txt2lora.workspace.Workspace;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;

/** What an MLflow server shows of trainings, whoever wrote the server. */
abstract class MlflowContract {

    @TempDir
    private Path folder;

    private final String experiment = "characters " + UUID.randomUUID();

    /** A server without login. */
    abstract URI address();

    @Test
    void a_training_is_a_run_with_parameters_metrics_and_the_lora() throws Exception {
        LoraTraining training = training("krnkmd").build();
        TrainedLora lora;
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder()
                        .writesFiles(true)
                        .gaps(0.9, 0.5)
                        .build()) {
            lora = engine.train(training, tracking.listener());
        }

        Run run = onlyRun();
        assertThat(run.getInfo().getRunName()).isEqualTo("krnkmd");
        assertThat(run.getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
        assertThat(parameters(run))
                .containsEntry("prompt 1 positive", "maid uniform,cat ears")
                .containsEntry("prompt 1 target", "krnkmd")
                .containsEntry("seed", "7")
                .containsKey("model");
        assertThat(tags(run))
                .containsEntry(
                        "txt2lora.file", training.loraFile().toAbsolutePath().toString());
        assertThat(history(run, "loss"))
                .extracting(Metric::getStep)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, 250).mapToObj(Long::valueOf).toList());
        assertThat(history(run, "loss")).extracting(Metric::getValue).containsExactlyElementsOf(lora.losses());
        assertThat(history(run, "gradient_norm")).hasSize(250);
        assertThat(history(run, "final_recognition"))
                .extracting(Metric::getValue)
                .containsExactly(1.0);
        assertThat(artifacts(run)).containsExactly("krnkmd.safetensors");
        assertThat(download(run, "krnkmd.safetensors")).isEqualTo(Files.readAllBytes(lora.file()));
    }

    @Test
    void previews_are_artifacts() throws Exception {
        LoraTraining training =
                training("krnkmd").preview(PreviewSpec.every(100)).build();
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder().build()) {
            engine.train(training, tracking.listener());
        }

        byte[] picture = download(onlyRun(), "preview/000200-0.png");
        assertThat(ImageIO.read(new ByteArrayInputStream(picture))).isNotNull();
    }

    @Test
    void a_failed_training_says_why() {
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder()
                        .warnings("the disk is almost full")
                        .failAt(3, new Txt2LoraException("the loss is not finite"))
                        .build()) {
            TrainingJob job = engine.start(training("krnkmd").build(), tracking.listener());
            assertThat(job.completion()).failsWithin(Duration.ofMinutes(1));
        }

        Run run = onlyRun();
        assertThat(run.getInfo().getStatus()).isEqualTo(RunStatus.FAILED);
        assertThat(tags(run))
                .containsEntry("txt2lora.failure", "the loss is not finite")
                .containsEntry("txt2lora.warnings", "the disk is almost full");
        assertThat(history(run, "loss")).hasSize(2);
    }

    @Test
    void a_training_that_resumes_continues_its_run() throws Exception {
        LoraTraining training = training("krnkmd").build();
        VirtualClock clock = VirtualClock.stopped();
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder()
                        .clock(clock)
                        .iterationTime(Duration.ofSeconds(1))
                        .build()) {
            TrainingJob first = engine.start(training, tracking.listener());
            clock.advance(Duration.ofSeconds(10));
            first.cancel(CancelMode.SUSPEND);
            assertThat(first.completion()).failsWithin(Duration.ofMinutes(1));

            TrainingJob second = engine.start(training, tracking.listener());
            clock.advance(Duration.ofSeconds(1000));
            second.await();
        }

        Run run = onlyRun();
        assertThat(run.getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
        assertThat(history(run, "loss")).extracting(Metric::getStep).contains(1L, 250L);
    }

    @Test
    void a_batch_is_a_run_with_a_run_for_each_lora() throws Exception {
        Workspace workspace = Workspace.create(folder.resolve("workspace"));
        Files.write(workspace.modelFolder().resolve("anime.safetensors"), new byte[16]);
        for (String name : List.of("krnkmd", "tyankmk")) {
            Files.writeString(workspace.configFile(name), "model_name: anime\ntrain_iterations: 5\npreview: false\n");
            Files.writeString(
                    workspace.promptsFile(name),
                    "- target: " + name + "\n  positive: maid uniform\n  neutral: 1girl\n  action: enhance\n");
        }
        BatchResult result;
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine =
                        FakeTrainingEngine.builder().writesFiles(true).build()) {
            MlflowBatch tracked = tracking.batch("overnight");
            result = new Batch(workspace, engine, FakeLoraOperations.builder().build())
                    .run(BatchOptions.everything(), tracked);
            tracked.ended(result);
        }

        assertThat(result.failures()).isEmpty();
        Map<String, Run> runs =
                runs().stream().collect(Collectors.toMap(run -> run.getInfo().getRunName(), run -> run));
        assertThat(runs).containsOnlyKeys("overnight", "krnkmd", "tyankmk");
        assertThat(runs.values()).extracting(run -> run.getInfo().getStatus()).containsOnly(RunStatus.FINISHED);
        String parent = runs.get("overnight").getInfo().getRunId();
        for (String name : List.of("krnkmd", "tyankmk")) {
            assertThat(tags(runs.get(name))).containsEntry("mlflow.parentRunId", parent);
            assertThat(artifacts(runs.get(name))).containsExactlyInAnyOrder(name + ".safetensors", name + ".json");
            assertThat(history(runs.get(name), "loss")).hasSize(5);
        }
        assertThat(artifacts(runs.get("overnight"))).containsExactly("report.html");
        assertThat(tags(runs.get("overnight"))).containsEntry("txt2lora.outcome", result.counts());
    }

    @Test
    void names_and_words_of_every_kind_are_kept() throws Exception {
        String words = "猫耳, \"quoted\", it's, 100%,\n".repeat(400);
        LoraTraining training = training("krnkmd ü")
                .prompts(List.of(PromptPair.enhance("krnkmd")
                        .positive(words)
                        .neutral("1girl")
                        .build()))
                .build();
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine =
                        FakeTrainingEngine.builder().writesFiles(true).build()) {
            engine.train(training, tracking.listener());
        }

        Run run = onlyRun();
        assertThat(run.getInfo().getRunName()).isEqualTo("krnkmd ü");
        assertThat(parameters(run).get("prompt 1 positive"))
                .startsWith(words.substring(0, 5000))
                .endsWith("...")
                .hasSize(6000);
        assertThat(artifacts(run)).containsExactly("krnkmd ü.safetensors");
        assertThat(download(run, "krnkmd ü.safetensors")).isNotEmpty();
    }

    final MlflowTracking open() {
        return MlflowTracking.open(MlflowServer.at(address()), experiment);
    }

    final LoraTraining.Builder training(String name) {
        return LoraTraining.builder()
                .name(name)
                .model(ModelSource.file(folder.resolve("anime.safetensors")))
                .prompt(PromptPair.enhance("krnkmd")
                        .positive("maid uniform,cat ears")
                        .neutral("1girl")
                        .build())
                .spec(TrainingSpec.builder()
                        .iterations(250)
                        .seed(7)
                        .stopping(stopping -> stopping.withRecognitionImages(16))
                        .build())
                .output(folder.resolve("lora"));
    }

    final Run onlyRun() {
        List<Run> runs = runs();
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    final List<Run> runs() {
        return read(client -> {
            String id = client.getExperimentByName(experiment).orElseThrow().getExperimentId();
            return client.searchRuns(List.of(id), "", ViewType.ACTIVE_ONLY, 100).getItems().stream()
                    .map(Run::getInfo)
                    .map(RunInfo::getRunId)
                    .map(client::getRun)
                    .toList();
        });
    }

    private <T> T read(Function<MlflowClient, T> question) {
        try (MlflowClient client = new MlflowClient(address().toString())) {
            return question.apply(client);
        }
    }

    static Map<String, String> parameters(Run run) {
        return run.getData().getParamsList().stream().collect(Collectors.toMap(Param::getKey, Param::getValue));
    }

    static Map<String, String> tags(Run run) {
        return run.getData().getTagsList().stream().collect(Collectors.toMap(RunTag::getKey, RunTag::getValue));
    }

    final List<Metric> history(Run run, String key) {
        return read(client -> client.getMetricHistory(run.getInfo().getRunId(), key));
    }

    /** Not by the client, which needs Python for it. */
    private List<String> artifacts(Run run) throws Exception {
        String answer = read(client ->
                client.sendGet("artifacts/list?run_id=" + run.getInfo().getRunId()));
        return new ObjectMapper().readTree(answer).path("files").findValuesAsText("path");
    }

    private byte[] download(Run run, String name) throws Exception {
        String root = URI.create(run.getInfo().getArtifactUri()).getPath();
        URI place = new URI(
                address().getScheme(),
                address().getAuthority(),
                "/api/2.0/mlflow-artifacts/artifacts" + root + "/" + name,
                null,
                null);
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(place.toASCIIString())).build(), BodyHandlers.ofByteArray())
                .body();
    }
}
