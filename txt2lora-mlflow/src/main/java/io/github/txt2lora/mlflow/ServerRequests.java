package io.github.txt2lora.mlflow;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * Requests that MLflow's Java client does not make: it waits for an answer without end, and leaves artifacts to a Python
 * program. Artifacts go through the tracking server, see
 * <a href="https://mlflow.org/docs/latest/self-hosting/architecture/artifact-store/">artifact stores</a>.
 */
final class ServerRequests {

    private static final String PROXIED = "mlflow-artifacts";

    /** To connect, and for a short answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** For a whole upload: a LoRA of 300 MB at 1 MB/s, twice. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private final MlflowServer server;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();

    ServerRequests(MlflowServer server) {
        this.server = server;
    }

    /** Whether artifacts with this root go through the server. */
    static boolean takesArtifactsAt(String root) {
        return root.startsWith(PROXIED + ":");
    }

    /**
     * Passes if a web server answers, whatever it says.
     *
     * @throws IOException if it does not answer in time
     */
    void requireAnswer() throws IOException, InterruptedException {
        HttpRequest request = withLogin(HttpRequest.newBuilder(URI.create(server.root() + "/version")))
                .timeout(PATIENCE)
                .build();
        client.send(request, BodyHandlers.discarding());
    }

    private HttpRequest.Builder withLogin(HttpRequest.Builder request) {
        server.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        server.login().ifPresent(login -> request.header("Authorization", "Basic " + basic(login)));
        return request;
    }

    /**
     * Writes or replaces an artifact.
     *
     * @param root of the run's artifacts, as the server tells it
     * @param name with slashes between folders
     * @throws IOException if the server does not answer
     * @throws RefusedException if it does not take the artifact
     */
    void putArtifact(String root, String name, BodyPublisher content) throws IOException, InterruptedException {
        HttpRequest request = withLogin(HttpRequest.newBuilder(place(root, name)))
                .timeout(LONGEST)
                .header("Content-Type", "application/octet-stream")
                .PUT(content)
                .build();
        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new RefusedException(response.statusCode(), response.body());
        }
    }

    private static String basic(MlflowServer.Login login) {
        return Base64.getEncoder()
                .encodeToString((login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8));
    }

    /** A root may name another server than that of the runs. */
    private URI place(String root, String name) {
        URI uri = URI.create(root);
        String host = uri.getRawAuthority() == null
                ? server.root()
                : server.address().getScheme() + "://" + uri.getRawAuthority();
        return URI.create(host + "/api/2.0/mlflow-artifacts/artifacts" + uri.getRawPath() + "/" + encoded(name));
    }

    private static String encoded(String name) {
        return Arrays.stream(name.split("/"))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }
}
