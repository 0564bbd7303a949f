package io.github.txt2lora.samples.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.stream.Stream;

/** A client of the service, over HTTP. */
record ServiceClient(HttpClient http, URI service) {

    static ServiceClient of(int port) {
        return new ServiceClient(HttpClient.newHttpClient(), URI.create("http://localhost:" + port));
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), BodyHandlers.ofString());
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return http.send(request(path).DELETE().build(), BodyHandlers.ofString());
    }

    HttpResponse<String> order(String json) throws IOException, InterruptedException {
        HttpRequest request = request("/trainings")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
        return http.send(request, BodyHandlers.ofString());
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
        return HttpRequest.newBuilder(service.resolve(path));
    }
}
