package io.github.txt2lora.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A web server without manners: each connection is answered by the next step of a script, byte by byte. */
final class ScriptedServer implements AutoCloseable {

    private final ServerSocket socket;
    private final Queue<Step> script = new ConcurrentLinkedQueue<>();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());

    /** Answers one request; the connection is closed afterwards. */
    @FunctionalInterface
    interface Step {
        void answer(Request request, OutputStream out) throws IOException;
    }

    /**
     * A request that arrived.
     *
     * @param headers by their names in lower case
     */
    record Request(String path, Map<String, String> headers) {}

    ScriptedServer() throws IOException {
        socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    /** Adds steps to the script; the last one is repeated for ever. */
    ScriptedServer then(Step... steps) {
        script.addAll(List.of(steps));
        return this;
    }

    URI address(String path) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort() + path);
    }

    List<Request> requests() {
        return requests;
    }

    /** Sends a head, and a body of which the head may say anything. */
    static Step answer(String head, byte[] body) {
        return (request, out) -> {
            out.write(("HTTP/1.1 " + head.replace("\n", "\r\n") + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
        };
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                Request request = read(connection);
                requests.add(request);
                Step step = script.size() > 1 ? script.remove() : script.element();
                step.answer(request, connection.getOutputStream());
            } catch (IOException e) {
                // the client has gone, or the test is over
            }
        }
    }

    private static Request read(Socket connection) throws IOException {
        var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
        String path = in.readLine().split(" ", -1)[1];
        Map<String, String> headers = new TreeMap<>();
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Request(path, headers);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
