package io.github.txt2lora.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of MLflow's REST API that tracking uses, with its limits, in memory. */
final class FakeMlflow implements AutoCloseable {

    private static final String API = "/api/2.0/mlflow/";
    private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/";
    private static final Pattern NAME = Pattern.compile("[\\w.\\- /:]{1,250}");
    private static final Pattern FILTER =
            Pattern.compile("tags\\.`([^`]+)` = '([^']*)' and attributes\\.status != 'FINISHED'");

    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, String> experiments = new LinkedHashMap<>();
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final Map<String, byte[]> files = new TreeMap<>();
    private final List<String> authorizations = new ArrayList<>();
    private final HttpServer server;
    private String artifactRoot = "mlflow-artifacts:/";
    private int unavailable;
    private boolean refusesParameters;
    private int refusing;

    private static final class Run {
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private final Map<String, String> tags = new LinkedHashMap<>();
        private final Map<String, List<JsonNode>> metrics = new LinkedHashMap<>();
        private String experiment = "";
        private String name = "";
        private String status = "RUNNING";
        private String artifacts = "";
        private long begin;
        private long end;
    }

    /** An answer other than 200. */
    private static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refusal(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    FakeMlflow() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    URI address() {
        return URI.create("http://localhost:" + server.getAddress().getPort());
    }

    /** Answers the next requests with status 503. */
    synchronized void beUnavailable(int number) {
        unavailable = number;
    }

    /** Answers requests with parameters with status 400. */
    synchronized void refuseParameters() {
        refusesParameters = true;
    }

    /** Answers the next requests with status 400. */
    synchronized void refuse(int number) {
        refusing = number;
    }

    /** Where artifacts of new runs lie. */
    synchronized void artifactsAt(String root) {
        artifactRoot = root;
    }

    synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    synchronized List<String> artifacts() {
        return List.copyOf(files.keySet());
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        int status = 200;
        byte[] answer;
        try {
            byte[] body = exchange.getRequestBody().readAllBytes();
            answer = answer(exchange, body);
        } catch (Refusal e) {
            status = e.status;
            answer = json.writeValueAsBytes(Map.of("error_code", "INVALID_PARAMETER_VALUE", "message", e.getMessage()));
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
        }
    }

    private synchronized byte[] answer(HttpExchange exchange, byte[] body) throws IOException {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        if (unavailable > 0) {
            unavailable--;
            throw new Refusal(503, "try again later");
        }
        if (refusing > 0) {
            refusing--;
            throw new Refusal(400, "not accepted");
        }
        String path = exchange.getRequestURI().getPath();
        if (path.startsWith(ARTIFACTS)) {
            return artifact(exchange.getRequestMethod(), path.substring(ARTIFACTS.length()), body);
        }
        Map<String, String> query = query(exchange.getRequestURI());
        JsonNode request = body.length == 0 ? json.createObjectNode() : json.readTree(body);
        JsonNode response = switch (path.replace(API, "")) {
            case "/version" -> json.createObjectNode();
            case "experiments/get-by-name" -> experiment(query.get("experiment_name"));
            case "experiments/search" -> searchExperiments(text(request, "filter"));
            case "experiments/create" -> createExperiment(text(request, "name"));
            case "runs/create" -> createRun(request);
            case "runs/get" -> json.createObjectNode().set("run", describe(query.get("run_id")));
            case "runs/update" -> update(request);
            case "runs/log-batch" -> logBatch(request);
            case "runs/search" -> search(request);
            case "metrics/get-history" -> history(query.get("run_id"), query.get("metric_key"));
            case "artifacts/list" -> list(query.get("run_id"));
            default -> throw new Refusal(404, "no such endpoint: " + path);
        };
        return json.writeValueAsBytes(response);
    }

    private byte[] artifact(String method, String name, byte[] body) {
        if (method.equals("PUT")) {
            files.put(name, body);
            return new byte[] {'{', '}'};
        }
        byte[] found = files.get(name);
        if (found == null) {
            throw new Refusal(404, "no such artifact: " + name);
        }
        return found;
    }

    private static Map<String, String> query(URI uri) {
        Map<String, String> query = new LinkedHashMap<>();
        if (uri.getQuery() != null) {
            for (String part : uri.getQuery().split("&", -1)) {
                String[] pair = part.split("=", 2);
                query.put(pair[0], pair.length > 1 ? pair[1].replace('+', ' ') : "");
            }
        }
        return query;
    }

    private static String text(JsonNode node, String key) {
        return node.path(key).asText();
    }

    private JsonNode experiment(String name) {
        String id = experiments.get(name);
        if (id == null) {
            throw new Refusal(404, "no such experiment: " + name);
        }
        ObjectNode answer = json.createObjectNode();
        answer.putObject("experiment").put("experiment_id", id).put("name", name);
        return answer;
    }

    private JsonNode searchExperiments(String filter) {
        ObjectNode answer = json.createObjectNode();
        ArrayNode found = answer.putArray("experiments");
        experiments.forEach((name, id) -> {
            if (filter.equals("name = '" + name + "'") || filter.equals("name = \"" + name + "\"")) {
                found.addObject().put("experiment_id", id).put("name", name);
            }
        });
        return answer;
    }

    private JsonNode createExperiment(String name) {
        String id = String.valueOf(experiments.size() + 1);
        experiments.put(name, id);
        return json.createObjectNode().put("experiment_id", id);
    }

    private JsonNode createRun(JsonNode request) {
        String id = "run" + runs.size();
        Run run = new Run();
        run.experiment = text(request, "experiment_id");
        run.name = text(request, "run_name");
        run.begin = request.path("start_time").asLong();
        run.artifacts = artifactRoot + run.experiment + "/" + id + "/artifacts";
        request.path("tags").forEach(tag -> run.tags.put(text(tag, "key"), text(tag, "value")));
        runs.put(id, run);
        return json.createObjectNode().set("run", describe(id));
    }

    private Run run(String id) {
        Run run = runs.get(id);
        if (run == null) {
            throw new Refusal(404, "no such run: " + id);
        }
        return run;
    }

    private ObjectNode describe(String id) {
        Run run = run(id);
        ObjectNode answer = json.createObjectNode();
        ObjectNode info = answer.putObject("info");
        info.put("run_id", id).put("run_name", run.name).put("experiment_id", run.experiment);
        info.put("status", run.status).put("start_time", run.begin).put("end_time", run.end);
        info.put("artifact_uri", run.artifacts).put("lifecycle_stage", "active");
        ObjectNode data = answer.putObject("data");
        pairs(data.putArray("params"), run.parameters);
        pairs(data.putArray("tags"), run.tags);
        ArrayNode metrics = data.putArray("metrics");
        run.metrics.values().forEach(history -> metrics.add(history.get(history.size() - 1)));
        return answer;
    }

    private static void pairs(ArrayNode array, Map<String, String> pairs) {
        pairs.forEach((key, value) -> array.addObject().put("key", key).put("value", value));
    }

    private JsonNode update(JsonNode request) {
        Run run = run(text(request, "run_id"));
        run.status = text(request, "status");
        run.end = request.path("end_time").asLong();
        return json.createObjectNode();
    }

    private JsonNode logBatch(JsonNode request) {
        Run run = run(text(request, "run_id"));
        int all = request.path("metrics").size()
                + request.path("params").size()
                + request.path("tags").size();
        if (all > 1000
                || request.path("params").size() > 100
                || request.path("tags").size() > 100) {
            throw new Refusal(400, "too much in one request");
        }
        if (refusesParameters && !request.path("params").isEmpty()) {
            throw new Refusal(400, "no parameters");
        }
        for (JsonNode parameter : request.path("params")) {
            String key = text(parameter, "key");
            String value = text(parameter, "value");
            if (!NAME.matcher(key).matches() || value.length() > 6000) {
                throw new Refusal(400, "not a parameter: " + parameter);
            }
            if (!run.parameters.getOrDefault(key, value).equals(value)) {
                throw new Refusal(400, "a parameter cannot be changed: " + key);
            }
        }
        for (JsonNode metric : request.path("metrics")) {
            if (!NAME.matcher(text(metric, "key")).matches()) {
                throw new Refusal(400, "not a metric: " + metric);
            }
            run.metrics
                    .computeIfAbsent(text(metric, "key"), any -> new ArrayList<>())
                    .add(metric);
        }
        request.path("params").forEach(each -> run.parameters.put(text(each, "key"), text(each, "value")));
        request.path("tags").forEach(each -> run.tags.put(text(each, "key"), text(each, "value")));
        return json.createObjectNode();
    }

    private JsonNode search(JsonNode request) {
        ArrayNode found = json.createArrayNode();
        List<String> ids = new ArrayList<>(runs.keySet());
        for (int i = ids.size() - 1; i >= 0; i--) {
            if (matches(runs.get(ids.get(i)), text(request, "filter"))) {
                found.add(describe(ids.get(i)));
            }
        }
        return json.createObjectNode().set("runs", found);
    }

    private static boolean matches(Run run, String filter) {
        if (filter.isEmpty()) {
            return true;
        }
        Matcher parsed = FILTER.matcher(filter);
        if (!parsed.matches()) {
            throw new Refusal(400, "not a filter: " + filter);
        }
        return parsed.group(2).equals(run.tags.get(parsed.group(1))) && !run.status.equals("FINISHED");
    }

    private JsonNode history(String id, String key) {
        ArrayNode all = json.createArrayNode();
        run(id).metrics.getOrDefault(key, List.of()).forEach(all::add);
        return json.createObjectNode().set("metrics", all);
    }

    private JsonNode list(String id) {
        String root = run(id).artifacts.replaceFirst("mlflow-artifacts:/", "") + "/";
        ArrayNode all = json.createArrayNode();
        files.forEach((name, content) -> {
            if (name.startsWith(root)) {
                all.addObject()
                        .put("path", name.substring(root.length()))
                        .put("is_dir", false)
                        .put("file_size", content.length);
            }
        });
        ObjectNode answer = json.createObjectNode();
        answer.put("root_uri", run(id).artifacts);
        answer.set("files", all);
        return answer;
    }
}
