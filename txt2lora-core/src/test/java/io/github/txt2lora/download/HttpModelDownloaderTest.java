package io.github.txt2lora.download;

import static io.github.txt2lora.download.ScriptedServer.answer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.tuple;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.ModelSource.Download;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.download.ScriptedServer.Request;
import io.github.txt2lora.download.ScriptedServer.Step;
import io.github.txt2lora.spi.DownloadProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpModelDownloaderTest {

    private static final String TOKEN = "hf_verysecret";
    private static final String TAG = "\nETag: \"v1\"";
    private static final Step BUSY = answer("503 Busy", new byte[0]);
    private static final Consumer<DownloadProgress> NOBODY = progress -> {};

    @TempDir
    Path folder;

    private final List<Long> pauses = new ArrayList<>();
    private final ScriptedServer server = new ScriptedServer();
    private byte[] model;
    private Path file;

    HttpModelDownloaderTest() throws IOException {}

    @BeforeEach
    void a_model() throws IOException {
        Path made = folder.resolve("made");
        SafetensorsEntry entry =
                new SafetensorsEntry("weight", ElementType.U8, List.of(20_000L), () -> ByteBuffer.allocate(20_000));
        SafetensorsWriter.write(made, Map.of(), List.of(entry));
        model = Files.readAllBytes(made);
        Files.delete(made);
        file = folder.resolve("base.safetensors");
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whole_file_with_its_progress() {
        server.then(whole(""));
        List<DownloadProgress> told = new ArrayList<>();

        assertThat(downloader().download(source("/x"), told::add)).isEqualTo(file);

        assertWhole();
        assertThat(told.get(told.size() - 1))
                .isEqualTo(new DownloadProgress(model.length, OptionalLong.of(model.length)));
        assertThat(server.requests().get(0).headers()).doesNotContainKeys("authorization", "range");
    }

    @Test
    void file_that_is_there_is_taken_as_it_is() throws IOException {
        Files.writeString(file, "own");

        assertThat(downloader().download(source("/x"), NOBODY)).isEqualTo(file).hasContent("own");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void length_need_not_be_known() {
        server.then(answer("200 OK\nConnection: close", model));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void connection_that_breaks_off_is_gone_on_with() {
        server.then(brokenOff(TAG), rest(TAG));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests().get(1).headers())
                .containsEntry("range", "bytes=10000-")
                .containsEntry("if-range", "\"v1\"");
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isEqualTo(1000);
    }

    @Test
    void later_run_goes_on_where_the_earlier_one_gave_up() {
        server.then(brokenOff(TAG), BUSY);
        assertThatThrownBy(() -> downloader().download(source("/x"), NOBODY))
                .isInstanceOf(StorageException.class)
                .hasMessage(server.address("/x") + " cannot be downloaded to " + file
                        + ": the server answered 503 (4 attempts). Start it again to resume after 9.8 KiB");
        assertThat(file).doesNotExist();
        assertThat(folder.resolve("base.safetensors.part")).hasSize(10_000);
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isEqualTo(1000 + 2000 + 4000);

        server.then(rest(TAG), rest(TAG));
        downloader().download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void changed_file_is_begun_anew() {
        server.then(brokenOff(TAG), whole("\nETag: \"v2\""));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void file_without_a_version_is_begun_anew() {
        server.then(brokenOff("\nETag: W/\"weak\""), whole(""));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests().get(1).headers()).doesNotContainKey("range");
    }

    @Test
    void piece_that_was_not_asked_for_is_not_taken() {
        server.then(
                brokenOff(TAG),
                answer("206 Partial\nContent-Range: bytes 5-9/" + model.length + "\nContent-Length: 5", new byte[5]),
                whole(TAG));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void part_that_is_whole_already_is_only_put_into_place() throws IOException {
        server.then(
                brokenOff(TAG),
                (request, out) -> {
                    Files.write(folder.resolve("base.safetensors.part"), model);
                    BUSY.answer(request, out);
                },
                answer("416 Range\nContent-Range: bytes */" + model.length, new byte[0]));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void part_of_another_file_is_thrown_away() {
        server.then(brokenOff(TAG), answer("416 Range\nContent-Range: bytes */77", new byte[0]), whole(TAG));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void connection_that_stalls_is_given_up_and_gone_on_with() {
        CountDownLatch givenUp = new CountDownLatch(1);
        server.then(
                (request, out) -> {
                    brokenOff(TAG).answer(request, out);
                    await(givenUp);
                },
                rest(TAG));
        var impatient = new HttpModelDownloader(settings(Duration.ofMillis(300), millis -> givenUp.countDown()));

        impatient.download(source("/x"), NOBODY);

        assertWhole();
    }

    @Test
    void server_that_promises_more_than_it_sends_is_given_up() {
        server.then(
                answer("200 OK\nContent-Length: 99999" + TAG, model),
                answer(
                        "206 Partial\nContent-Range: bytes " + model.length + "-99998/99999\nContent-Length: "
                                + (99999 - model.length),
                        new byte[0]));

        assertThatThrownBy(() -> downloader().download(source("/x"), NOBODY))
                .isInstanceOf(StorageException.class)
                .message()
                // the HTTP client may notice with the answer's head already, and then has its own words
                .containsPattern("(the connection broke off|bytes received: 0) \\(4 attempts\\)");
        assertThat(file).doesNotExist();
    }

    @Test
    void server_that_promises_less_than_the_file_has_is_found_out() {
        server.then(answer("200 OK\nContent-Length: 15000" + TAG, model));

        assertThatThrownBy(() -> downloader().download(source("/x"), NOBODY))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("does not give a model");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"many", "99999999999999999999", "-5", "0x10"})
    void length_that_is_no_number_is_told_in_words(String length) {
        server.then(answer("200 OK\nContent-Length: " + length, model));

        assertThatThrownBy(() -> downloader().download(source("/x"), NOBODY))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("cannot be downloaded")
                .hasMessageNotContainingAny("Exception", "For input string");
        assertThat(file).doesNotExist();
    }

    @Test
    void size_of_hugging_face_that_is_no_number_says_nothing() throws IOException {
        server.then(answer("302 Found\nLocation: /y\nX-Linked-Size: 1e9", new byte[0]), answer("200 OK", model));

        assertThat(downloader().download(source("/x"), NOBODY)).hasBinaryContent(model);
    }

    @Test
    void redirects_are_followed_without_the_token_to_another_host() throws IOException {
        try (ScriptedServer other = again()) {
            other.then(whole(""));
            server.then(
                    answer("302 Found\nLocation: /y?sig=abc\nX-Linked-ETag: \"" + sha256() + "\"", new byte[0]),
                    answer("307 There\nLocation: " + other.address("/z"), new byte[0]));

            downloader().download(source("/x").withTokenFrom("MY_TOKEN"), NOBODY);

            assertWhole();
            assertThat(server.requests())
                    .extracting(Request::path, request -> request.headers().get("authorization"))
                    .containsExactly(tuple("/x", "Bearer " + TOKEN), tuple("/y?sig=abc", "Bearer " + TOKEN));
            assertThat(other.requests().get(0).headers()).doesNotContainKey("authorization");
        }
    }

    @Test
    void redirects_in_a_circle_end() {
        server.then(
                answer("302 Found\nLocation: /y?sig=abc", new byte[0]), answer("302 Found\nLocation: /x", new byte[0]));

        failure(StorageException.class, source("/x"))
                .isEqualTo(server.address("/x") + " is redirected in a circle, last to " + server.address("/x")
                        + "; expected a file. Check the address in a browser");
        assertThat(server.requests()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://example.org/x?sig=abc", "ftp://example.org/x", "file:///etc/passwd", "", "::"})
    void redirects_to_where_others_could_listen_are_refused(String location) {
        server.then(answer("302 Found\nLocation: " + location, new byte[0]));

        failure(StorageException.class, source("/x"))
                .contains(" is redirected to ")
                .doesNotContain("abc");
    }

    @Test
    void web_page_is_told_from_a_model_at_its_beginning() {
        byte[] page = ("<!DOCTYPE html><html><head><title>Log in to continue to the model</title></head>"
                        + " ".repeat(1000))
                .getBytes(StandardCharsets.UTF_8);
        server.then(answer("200 OK\nContent-Type: text/html\nContent-Length: 9000000", page));

        failure(CheckpointException.class, source("/x"))
                .startsWith(server.address("/x") + " is a web page, not a model")
                .contains("access token");
        assertThat(folder).isEmptyDirectory();
        assertThat(server.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{\"error\": \"no\"}"})
    void something_short_is_told_from_a_model(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        server.then(answer("200 OK\nContent-Length: " + body.length, body));

        failure(CheckpointException.class, source("/x")).contains("does not give a model");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void refusals_say_what_to_do_and_never_show_the_token() {
        server.then(answer("401 No", new byte[0]));
        failure(StorageException.class, source("/x")).contains("401", "put it into an environment variable");
        failure(StorageException.class, source("/x?token=abc").withTokenFrom("MY_TOKEN"))
                .contains("the access token in MY_TOKEN")
                .doesNotContain(TOKEN, "abc");
        assertThat(pauses).isEmpty();
    }

    @Test
    void missing_file_is_not_asked_for_again() {
        server.then(answer("404 No", new byte[0]));

        failure(StorageException.class, source("/x")).contains("404", "there is no such file");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void server_that_wants_time_gets_it() {
        server.then(answer("429 Slow\nRetry-After: 30", new byte[0]), whole(""));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(pauses.stream().mapToLong(Long::longValue).sum()).isEqualTo(30_000);
    }

    @Test
    void no_server() {
        server.close();

        failure(StorageException.class, source("/x")).contains("127.0.0.1 cannot be reached", "(4 attempts)");
    }

    @Test
    void hash_that_is_given_or_told_must_be_right() {
        String other = "ab".repeat(32);
        String base64 = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256()));
        server.then(whole("\nRepr-Digest: sha-256=:" + base64 + ":"));
        downloader().download(source("/x").withSha256(sha256()), NOBODY);
        assertWhole();
        file.toFile().delete();

        failure(CheckpointException.class, source("/x").withSha256(other))
                .contains("says that the file's SHA-256 is " + sha256() + "; expected " + other);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void file_that_is_not_what_the_server_said_is_removed() {
        String other = "ab".repeat(32);
        server.then(whole("\nX-Linked-ETag: \"" + other + "\""));

        failure(CheckpointException.class, source("/x"))
                .contains("gave a file whose SHA-256 is " + sha256() + "; expected " + other);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void disk_without_space_for_it_is_noticed_before_anything_comes() throws IOException {
        server.then(answer("200 OK\nContent-Length: 9000000000" + TAG, model));
        Configuration small =
                Configuration.unix().toBuilder().setMaxSize(1 << 20).build();
        try (FileSystem disk = Jimfs.newFileSystem(small)) {
            Path models = disk.getPath("/models");

            failure(StorageException.class, source("/x").into(models))
                    .contains("8.4 GiB are needed and ", " are there; free some space");
            assertThat(Files.exists(models.resolve("base.safetensors.part"))).isFalse();
        }
    }

    @Test
    void download_that_is_cancelled_keeps_what_has_come() {
        server.then(brokenOff(TAG));
        var cancelled = new IllegalStateException("cancelled");

        assertThatThrownBy(() -> downloader().download(source("/x"), progress -> {
                    if (progress.bytes() == 10_000) {
                        throw cancelled;
                    }
                }))
                .isSameAs(cancelled);

        assertThat(folder.resolve("base.safetensors.part")).hasSize(10_000);
        assertThat(folder).isDirectoryNotContaining("glob:**lock*");
    }

    @Test
    void two_at_once_download_it_once() throws Exception {
        CountDownLatch secondWaits = new CountDownLatch(1);
        CountDownLatch firstIsDone = new CountDownLatch(1);
        server.then((request, out) -> {
            await(secondWaits);
            whole("").answer(request, out);
        });
        CompletableFuture<Path> first = CompletableFuture.supplyAsync(
                        () -> downloader().download(source("/x"), NOBODY))
                .whenComplete((path, failure) -> firstIsDone.countDown());
        while (server.requests().isEmpty()) {
            Thread.onSpinWait();
        }
        var second = new HttpModelDownloader(settings(Duration.ofSeconds(30), millis -> {
            secondWaits.countDown();
            firstIsDone.await();
        }));

        assertThat(second.download(source("/x"), NOBODY)).isEqualTo(file);

        assertThat(first.join()).isEqualTo(file);
        assertWhole();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void token_that_is_missing_or_none() {
        failure(InvalidSettingException.class, source("/x").withTokenFrom("NO_TOKEN"))
                .startsWith("environment variable NO_TOKEN is not set");
        failure(InvalidSettingException.class, source("/x").withTokenFrom("BAD_TOKEN"))
                .contains("BAD_TOKEN", "no access token has")
                .doesNotContain("se\ncret");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void names_of_hugging_face_mean_its_files() {
        URI site = URI.create("https://huggingface.co");

        assertThat(HuggingFace.resolve(URI.create("hf://org/repo/a/b.safetensors"), site))
                .isEqualTo(URI.create("https://huggingface.co/org/repo/resolve/main/a/b.safetensors"));
        assertThat(HuggingFace.resolve(URI.create("hf://org/repo@v1/b.safetensors"), site))
                .isEqualTo(URI.create("https://huggingface.co/org/repo/resolve/v1/b.safetensors"));
        assertThat(HuggingFace.resolve(URI.create("https://huggingface.co/org/repo/blob/main/b.safetensors?x=1"), site))
                .isEqualTo(URI.create("https://huggingface.co/org/repo/resolve/main/b.safetensors"));
        URI elsewhere = URI.create("https://example.org/org/repo/blob/main/b.safetensors");
        assertThat(HuggingFace.resolve(elsewhere, site)).isEqualTo(elsewhere);
    }

    @Test
    void file_of_this_machine_is_used_where_it_is() throws IOException {
        Path own = Files.write(folder.resolve("own.safetensors"), model);
        Download local = ModelSource.url("base", own.toUri()).into(folder.resolve("models"));

        assertThat(downloader().download(local, NOBODY)).isEqualTo(own);
        assertThat(downloader().download(local.withSha256(sha256()), NOBODY)).isEqualTo(own);
        failure(CheckpointException.class, local.withSha256("ab".repeat(32))).contains("expected abab");
        Files.delete(own);
        failure(CheckpointException.class, local).contains("does not exist");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void thread_that_is_interrupted_stops() {
        server.then(whole(""));
        Thread.currentThread().interrupt();

        failure(StorageException.class, source("/x")).contains("was interrupted");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\nETag: \"v2\"",
                "\nETag: W/\"v2\"",
                "\nLast-Modified: Thu, 02 Jan 2025 00:00:00 GMT",
                "\nETag: \"v1\"\nLast-Modified: Thu, 02 Jan 2025 00:00:00 GMT"
            })
    void rest_of_another_version_is_not_taken_from_a_server_that_does_not_know_if_range(String headers) {
        server.then(brokenOff(TAG + "\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT"), rest(headers), whole(headers));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests().get(1).headers()).containsEntry("if-range", "\"v1\"");
        assertThat(server.requests().get(2).headers()).doesNotContainKeys("range", "if-range");
    }

    @Test
    void rest_of_a_file_of_another_size_is_not_taken() {
        byte[] rest = Arrays.copyOfRange(model, 10_000, model.length);
        server.then(
                brokenOff(TAG),
                answer("206 Partial\nContent-Range: bytes 10000-20999/21000\nContent-Length: " + rest.length, rest),
                whole(TAG));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests()).hasSize(3);
    }

    @Test
    void part_of_the_size_of_another_version_is_not_taken_for_whole() {
        server.then(
                brokenOff(TAG),
                (request, out) -> {
                    Files.write(folder.resolve("base.safetensors.part"), new byte[model.length]);
                    BUSY.answer(request, out);
                },
                answer("416 Range\nETag: \"v2\"\nContent-Range: bytes */" + model.length, new byte[0]),
                whole("\nETag: \"v2\""));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests()).hasSize(4);
    }

    @Test
    void rest_is_asked_for_by_its_time_where_there_is_no_tag() {
        String time = "\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT";
        server.then(brokenOff(time + "\nDate: Wed, 01 Jan 2025 00:00:09 GMT"), rest(time));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests().get(1).headers())
                .containsEntry("range", "bytes=10000-")
                .containsEntry("if-range", "Wed, 01 Jan 2025 00:00:00 GMT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\nETag: W/\"v1\"\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT",
                "\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT\nDate: Wed, 01 Jan 2025 00:00:00 GMT",
                "\nLast-Modified: yesterday"
            })
    void weak_tag_and_time_of_a_file_that_just_changed_stand_for_no_version(String headers) {
        server.then(brokenOff(headers), whole(headers));

        downloader().download(source("/x"), NOBODY);

        assertWhole();
        assertThat(server.requests().get(1).headers()).doesNotContainKeys("range", "if-range");
    }

    @Test
    void rest_that_comes_over_redirects_is_of_the_version_behind_them() throws IOException {
        try (ScriptedServer other = again()) {
            Step there = answer("302 Found\nLocation: " + other.address("/z?sig=abc"), new byte[0]);
            server.then(answer("301 Moved\nLocation: /y", new byte[0]), there, there, there);
            other.then(brokenOff(TAG), rest("\nETag: \"v2\""), whole("\nETag: \"v2\""));

            downloader().download(source("/x"), NOBODY);

            assertWhole();
            assertThat(other.requests().get(1).headers())
                    .containsEntry("range", "bytes=10000-")
                    .containsEntry("if-range", "\"v1\"");
        }
    }

    /** Answers of a server that sends back what it was sent, and more. */
    static Stream<String> hostileHeads() {
        String token = "Bearer " + TOKEN;
        String noise = "\u001b[2J\u009b31m\u202e" + "A".repeat(200_000);
        return Stream.of(
                token,
                "HTTP/1.1 " + token,
                "HTTP/1.1 500 " + token + noise,
                "HTTP/1.1 404 " + token + noise,
                "HTTP/1.1 401 No\r\nWWW-Authenticate: " + token,
                "HTTP/1.1 302 " + token + "\r\nLocation: http://" + TOKEN.replace('_', '-') + ".example.org/x",
                "HTTP/1.1 302 Found\r\nLocation: http://example.org/" + TOKEN,
                "HTTP/1.1 302 Found\r\nLocation: ftp://example.org/" + "A".repeat(100_000),
                "HTTP/1.1 302 Found\r\nLocation: " + token + noise,
                "HTTP/1.1 302 Found\r\nLocation: /verysecretsignature",
                "HTTP/1.1 200 OK\r\nContent-Length: " + token,
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX: a\r\n" + token + noise + "\r\n: :",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + token + noise,
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: \"" + TOKEN + "\"\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\n\r\n`\0\0\0\0\0\0\0{\"" + TOKEN + "\":{\"dtype\":\"F32\",\"shape\":[1]}}");
    }

    @ParameterizedTest
    @MethodSource("hostileHeads")
    void nothing_that_was_sent_comes_back_and_messages_are_short_and_visible(String head) throws IOException {
        server.then((request, out) -> out.write((head + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1)));
        Download source = source("/x?key=verysecretsignature").withTokenFrom("MY_TOKEN");

        Throwable failure = catchThrowable(() -> downloader().download(source, NOBODY));

        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(failure).isInstanceOf(Txt2LoraException.class);
        assertThat(failure.getMessage()).hasSizeLessThan(1000);
        assertThat(trace.toString())
                .doesNotContainIgnoringCase("verysecret")
                .doesNotContain("\u001b", "\u009b", "\u202e", "AAAAAAAAAAAAAAAAAAAA".repeat(11));
        try (Stream<Path> left = Files.list(folder)) {
            for (Path path : left.toList()) {
                assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).doesNotContain("verysecret");
            }
        }
    }

    @Test
    void part_that_is_a_link_is_not_written_through() throws IOException {
        Path precious = Files.writeString(folder.resolve("precious"), "precious");
        for (String name : List.of("base.safetensors.part", "base.safetensors.part.info")) {
            Path link = Files.createSymbolicLink(folder.resolve(name), precious);
            failure(StorageException.class, source("/x")).startsWith(link + " is a link to " + precious);
            Files.delete(link);
        }
        Path dangling = Files.createSymbolicLink(file, folder.resolve("nothing"));
        failure(StorageException.class, source("/x")).startsWith(dangling + " is a link to ");

        assertThat(precious).hasContent("precious");
        assertThat(server.requests()).isEmpty();
    }

    private Step whole(String headers) {
        return answer("200 OK\nContent-Length: " + model.length + headers, model);
    }

    private Step brokenOff(String headers) {
        return answer("200 OK\nContent-Length: " + model.length + headers, Arrays.copyOf(model, 10_000));
    }

    private Step rest(String headers) {
        byte[] rest = Arrays.copyOfRange(model, 10_000, model.length);
        return answer(
                "206 Partial\nContent-Range: bytes 10000-" + (model.length - 1) + "/" + model.length
                        + "\nContent-Length: " + rest.length + headers,
                rest);
    }

    private static ScriptedServer again() {
        try {
            return new ScriptedServer();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Download source(String path) {
        return source(server.address(path));
    }

    private Download source(URI address) {
        return ModelSource.url("base", address).into(folder);
    }

    private HttpModelDownloader downloader() {
        return new HttpModelDownloader(settings(Duration.ofSeconds(30), pauses::add));
    }

    private static DownloadSettings settings(Duration stallTimeout, DownloadSettings.Sleeper sleeper) {
        return new DownloadSettings(
                Duration.ofSeconds(30),
                stallTimeout,
                Duration.ofMillis(20),
                4,
                Duration.ofSeconds(1),
                Duration.ofMinutes(2),
                sleeper,
                name -> switch (name) {
                    case "MY_TOKEN" -> TOKEN;
                    case "BAD_TOKEN" -> "se\ncret";
                    default -> null;
                },
                URI.create("https://huggingface.co"));
    }

    private AbstractStringAssert<?> failure(Class<? extends Throwable> type, Download source) {
        return assertThat(assertThatThrownBy(() -> downloader().download(source, NOBODY))
                .isInstanceOf(type)
                .actual()
                .getMessage());
    }

    private String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertWhole() {
        assertThat(file).hasBinaryContent(model);
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(folder.toFile().list()).hasSize(1);
    }
}
