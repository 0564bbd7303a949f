package io.github.txt2lora.mlflow;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.Run;
import org.mlflow.api.proto.Service.RunInfo;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.RunTag;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowClientException;
import org.mlflow.tracking.MlflowHttpException;
import org.mlflow.tracking.creds.BasicMlflowHostCreds;

/** The runs of an experiment on a server. */
final class MlflowRuns implements AutoCloseable {

    /** The limits of one request; see MLflow's REST API, Log Batch. */
    static final int MOST_METRICS = 1000;

    private static final int MOST_PARAMETERS = 100;
    private static final int LONGEST_PARAMETER = 6000;
    private static final int LONGEST_TAG = 5000;

    private final MlflowClient client;
    private final ServerRequests requests;
    private final String experiment;

    /**
     * Finds or makes the experiment.
     *
     * @throws IOException if the server does not answer
     * @throws RefusedException if it answers with an error
     */
    MlflowRuns(MlflowServer server, String experiment) throws IOException, InterruptedException {
        requests = new ServerRequests(server);
        requests.requireAnswer();
        client = new MlflowClient(credentials(server));
        try {
            this.experiment = call(() -> find(experiment)
                    .map(Experiment::getExperimentId)
                    .orElseGet(() -> client.createExperiment(experiment)));
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** By a search: where there is none, the client asks for a name three times and warns each time. */
    private Optional<Experiment> find(String name) {
        char quote = name.indexOf('\'') < 0 ? '\'' : '"';
        if (name.indexOf(quote) >= 0) {
            return client.getExperimentByName(name);
        }
        return client.searchExperiments("name = " + quote + name + quote).getItems().stream()
                .filter(found -> found.getName().equals(name))
                .findFirst();
    }

    private static BasicMlflowHostCreds credentials(MlflowServer server) {
        if (server.token().isPresent()) {
            return new BasicMlflowHostCreds(server.root(), server.token().get());
        }
        return server.login()
                .map(login -> new BasicMlflowHostCreds(server.root(), login.user(), login.password()))
                .orElseGet(() -> new BasicMlflowHostCreds(server.root()));
    }

    /** Begins a run. */
    RunInfo create(String name, long time, Map<String, String> tags) throws IOException {
        CreateRun.Builder run = CreateRun.newBuilder()
                .setExperimentId(experiment)
                .setRunName(name)
                .setStartTime(time);
        tags(tags).forEach(run::addTags);
        return call(() -> client.createRun(run.build()));
    }

    /** The newest run with a tag that did not finish. */
    Optional<RunInfo> unfinished(String tag, String value) throws IOException {
        String filter = "tags.`" + tag + "` = '" + value + "' and attributes.status != 'FINISHED'";
        return call(() -> client
                .searchRuns(List.of(experiment), filter, ViewType.ACTIVE_ONLY, 1, List.of("attributes.start_time DESC"))
                .getItems()
                .stream()
                .map(Run::getInfo)
                .findFirst());
    }

    /** Continues a run that ended. */
    void goOn(RunInfo run) throws IOException {
        // the client's own method has an end time, which the run has not
        String json = "{\"run_id\": \"" + run.getRunId() + "\", \"status\": \"" + RunStatus.RUNNING + "\"}";
        call(() -> client.sendPost("runs/update", json));
    }

    void end(RunInfo run, RunStatus status, long time) throws IOException {
        call(() -> {
            client.setTerminated(run.getRunId(), status, time);
            return run;
        });
    }

    /** At most {@value #MOST_METRICS} metrics. */
    void log(RunInfo run, List<Metric> metrics) throws IOException {
        call(() -> {
            client.logBatch(run.getRunId(), metrics, List.of(), List.of());
            return run;
        });
    }

    void describe(RunInfo run, Map<String, String> parameters, Map<String, String> tags) throws IOException {
        List<Param> all = new ArrayList<>();
        parameters.forEach((name, value) -> all.add(Param.newBuilder()
                .setKey(name)
                .setValue(start(value, LONGEST_PARAMETER))
                .build()));
        for (int from = 0; from < all.size(); from += MOST_PARAMETERS) {
            List<Param> some = all.subList(from, Math.min(all.size(), from + MOST_PARAMETERS));
            call(() -> {
                client.logBatch(run.getRunId(), List.of(), some, List.of());
                return run;
            });
        }
        if (!tags.isEmpty()) {
            call(() -> {
                client.logBatch(run.getRunId(), List.of(), List.of(), tags(tags));
                return run;
            });
        }
    }

    private static List<RunTag> tags(Map<String, String> tags) {
        return tags.entrySet().stream()
                .map(tag -> RunTag.newBuilder()
                        .setKey(tag.getKey())
                        .setValue(start(tag.getValue(), LONGEST_TAG))
                        .build())
                .toList();
    }

    private static String start(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest - 3) + "...";
    }

    /** Whether artifacts of a run can be written from here. */
    boolean takesArtifacts(RunInfo run) {
        return ServerRequests.takesArtifactsAt(run.getArtifactUri());
    }

    void upload(RunInfo run, String name, BodyPublisher content) throws IOException, InterruptedException {
        requests.putArtifact(run.getArtifactUri(), name, content);
    }

    private static <T> T call(Supplier<T> request) throws IOException {
        try {
            return request.get();
        } catch (MlflowHttpException e) {
            throw new RefusedException(e.getStatusCode(), e.getBodyMessage());
        } catch (MlflowClientException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
