package io.github.txt2lora.download;

import io.github.txt2lora.StorageException;
import io.github.txt2lora.internal.DownloadAddress;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.PublicAddress;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Requests that follow redirects, as far as those are safe. */
final class Web {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 10;

    private final DownloadSettings settings;
    private final Heartbeat heartbeat;
    private final @Nullable String token;
    private final SentSecrets secrets;
    private final HttpClient client;

    /**
     * @param token sent to the host that was asked first, over the same scheme and port, and to no other
     */
    Web(DownloadSettings settings, Heartbeat heartbeat, @Nullable String token, SentSecrets secrets) {
        this.settings = settings;
        this.heartbeat = heartbeat;
        this.token = token;
        this.secrets = secrets;
        this.client = HttpClient.newBuilder()
                // which the others have no advantage over for one large file
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .proxy(ProxySelector.getDefault())
                .build();
    }

    /**
     * Gets the content of an address.
     *
     * @throws StorageException if a redirect leads nowhere, in a circle, or where others could listen
     * @throws IOException if no answer comes
     */
    Answer get(URI address, Map<String, String> headers) throws IOException {
        List<HttpHeaders> passed = new ArrayList<>();
        Set<URI> seen = new HashSet<>();
        URI current = address;
        while (true) {
            if (!seen.add(current) || seen.size() > MOST_REDIRECTS + 1) {
                throw new StorageException(PublicAddress.of(address)
                        + " is redirected in a circle, last to "
                        + (current.equals(address) ? PublicAddress.of(current) : shown(current))
                        + "; expected a file. Check the address in a browser");
            }
            HttpResponse<BodyQueue> response = send(current, headers, isSameOrigin(address, current));
            passed.add(0, response.headers());
            if (!REDIRECTS.contains(response.statusCode())) {
                return new Answer(response.statusCode(), current, List.copyOf(passed), response.body());
            }
            response.body().close();
            current = target(
                    address, current, response.headers().firstValue("Location").orElse(""));
        }
    }

    private HttpResponse<BodyQueue> send(URI address, Map<String, String> headers, boolean withToken)
            throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(settings.stallTimeout())
                .header("User-Agent", "txt2lora")
                .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (withToken && token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return await(client.sendAsync(request.build(), info -> new BodyQueue()));
    }

    private HttpResponse<BodyQueue> await(CompletableFuture<HttpResponse<BodyQueue>> response) throws IOException {
        boolean answered = false;
        try {
            while (true) {
                try {
                    HttpResponse<BodyQueue> result =
                            response.get(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
                    answered = true;
                    return result;
                } catch (TimeoutException e) {
                    heartbeat.beat();
                }
            }
        } catch (InterruptedException e) {
            throw heartbeat.interrupted(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : senseless(e.getCause());
        } finally {
            if (!answered && !response.cancel(true) && !response.isCompletedExceptionally()) {
                // it came just now
                response.join().body().close();
            }
        }
    }

    /** The JDK's client fails in ways of its own where it cannot read a header, such as a length that is no number. */
    private static IOException senseless(@Nullable Throwable cause) {
        var failure = new ProtocolException("the headers of its answer make no sense");
        failure.initCause(cause);
        return failure;
    }

    /** Not to http, unless that was this machine and stays so, as in tests: others could put in another file there. */
    private URI target(URI first, URI from, String location) {
        String asked = from.equals(first) ? PublicAddress.of(from) : shown(from);
        URI target;
        try {
            target = from.resolve(new URI(location));
        } catch (URISyntaxException | IllegalArgumentException e) {
            // without the cause, which shows the address with its secrets
            throw new StorageException(asked + " is redirected to something that is no address");
        }
        boolean secure = DownloadAddress.scheme(target).equals("https");
        boolean inside = DownloadAddress.scheme(target).equals("http")
                && DownloadAddress.isLoopback(target)
                && DownloadAddress.isLoopback(from);
        if (target.getHost() == null || location.isEmpty() || !(secure || inside)) {
            throw new StorageException(asked + " is redirected to " + shown(target)
                    + "; expected an https address, because on any other way somebody can put another file in the place"
                    + " of the model");
        }
        return target;
    }

    /** An address that a server named. */
    private String shown(URI address) {
        return secrets.orHidden(Excerpt.of(PublicAddress.of(address)));
    }

    private static boolean isSameOrigin(URI first, URI other) {
        return DownloadAddress.scheme(first).equals(DownloadAddress.scheme(other))
                && Objects.equals(first.getHost(), other.getHost())
                && port(first) == port(other);
    }

    private static int port(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return DownloadAddress.scheme(address).equals("https") ? 443 : 80;
    }
}
