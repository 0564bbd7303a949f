package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.txt2lora.CancelMode;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.event.ModelDownloading;
import io.github.txt2lora.event.TrainingCancelled;
import io.github.txt2lora.testing.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training whose model comes from the web. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DownloadedModelTest {

    @TempDir
    Path folder;

    private final EventLog log = new EventLog();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer server;
    private byte[] model;

    @BeforeEach
    void serve() throws IOException {
        model = Files.readAllBytes(Tiny.modelFile());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/whole", exchange -> send(exchange, model.length));
        server.createContext("/stalls", exchange -> send(exchange, model.length / 2));
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    @Test
    void is_downloaded_before_and_kept() throws Exception {
        try (TrainingEngine engine = Tiny.engine()) {
            assertThat(engine.start(training("/whole"), log).await().file()).isRegularFile();
            server.stop(0);
            engine.train(training("/whole"));
        }

        assertThat(folder.resolve("models").resolve("tiny.safetensors")).hasBinaryContent(model);
        log.await(ModelDownloading.class);
        assertThat(log.events(ModelDownloading.class))
                .last()
                .isEqualTo(new ModelDownloading("tiny", model.length, OptionalLong.of(model.length)));
    }

    @Test
    void is_no_longer_downloaded_when_the_training_is_cancelled() throws Exception {
        try (TrainingEngine engine = Tiny.engine()) {
            TrainingJob job = engine.start(training("/stalls"), log);
            log.await(ModelDownloading.class);

            job.cancel(CancelMode.KEEP);

            assertThatThrownBy(job::await).isInstanceOf(TrainingCancelledException.class);
        }
        assertThat(log.events(TrainingCancelled.class)).containsExactly(new TrainingCancelled(0, Optional.empty()));
        assertThat(folder.resolve("lora")).doesNotExist();
        assertThat(folder.resolve("models").resolve("tiny.safetensors")).doesNotExist();
    }

    private LoraTraining training(String path) {
        URI address = URI.create("http://localhost:" + server.getAddress().getPort() + path);
        return Tiny.training(folder.resolve("lora"), 1).toBuilder()
                .model(ModelSource.url("tiny", address).into(folder.resolve("models")))
                .build();
    }

    /** Sends so many bytes of the model, and waits for the end of the test if that is not all. */
    private void send(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, model.length);
        exchange.getResponseBody().write(Arrays.copyOf(model, bytes));
        exchange.getResponseBody().flush();
        if (bytes == model.length) {
            exchange.close();
            return;
        }
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
