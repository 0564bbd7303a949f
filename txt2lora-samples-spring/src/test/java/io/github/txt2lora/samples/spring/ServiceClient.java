package io.github.txt2lora.samples.spring;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A client of the service, over HTTP. */
record ServiceClient(HttpClient http, URI service, Optional<String> token) {

    static ServiceClient of(int port) {
        return new ServiceClient(HttpClient.newHttpClient(), URI.create("http://localhost:" + port), Optional.empty());
    }

    /** The same client with an access token. */
    ServiceClient with(String newToken) {
        return new ServiceClient(http, service, Optional.of(newToken));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return http.send(request(path).DELETE().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> order(String json) throws IOException, InterruptedException {
        return post("/trainings", json);
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    HttpResponse<String> put(String path, byte[] body) throws IOException, InterruptedException {
        HttpRequest request =
                request(path).PUT(BodyPublishers.ofByteArray(body)).build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** A file, or a part of it, with headers given as names and values. */
    HttpResponse<byte[]> download(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = request(path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofByteArray());
    }

    /** As {@link #order}, without telling the length of the body. */
    HttpResponse<String> orderInChunks(String json) throws IOException, InterruptedException {
        HttpRequest request = request("/trainings")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** As browsers ask for events. */
    HttpResponse<String> getEvents(String path) throws IOException, InterruptedException {
        return http.send(
                request(path + "/events").header("Accept", "text/event-stream").build(), BodyHandlers.ofString());
    }

    /** The events of a training that has ended; asks again while there are too many streams. */
    List<String> eventsWhenThereIsRoom(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = getEvents(path);
        while (response.statusCode() == HttpURLConnection.HTTP_UNAVAILABLE) {
            response = getEvents(path);
        }
        return response.body().lines().toList();
    }

    /** Queues a training and returns its path. */
    String queue(String name, int iterations) throws IOException, InterruptedException {
        HttpResponse<String> response =
                order("{\"name\": \"%s\", \"look\": \"black hair,maid uniform\", \"iterations\": %d}"
                        .formatted(name, iterations));
        return response.headers().firstValue("Location").orElseThrow(() -> new AssertionError(response.body()));
    }

    /** The lines of a training's event stream, as they come; returns when there is the first one. */
    Stream<String> watch(String path) throws IOException, InterruptedException {
        return http.send(request(path + "/events").build(), BodyHandlers.ofLines())
                .body()
                .filter(line -> !line.isEmpty());
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(service.resolve(path));
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }
}
