package io.github.txt2lora.engine;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Prints what web addresses are opened when this library's engine starts, or with an argument the engine of DJL that it
 * names. A program of its own, since DJL reports once for each process.
 */
final class DjlReportProbe {

    private static final Set<URL> OPENED = ConcurrentHashMap.newKeySet();

    private DjlReportProbe() {}

    public static void main(String[] arguments) {
        URL.setURLStreamHandlerFactory(protocol -> protocol.startsWith("http") ? new RecordingHandler() : null);
        if (arguments.length == 0) {
            Tiny.engine().close();
        } else {
            Engine.getEngine(arguments[0]);
        }
        System.out.println("opened " + OPENED);
    }

    private static final class RecordingHandler extends URLStreamHandler {

        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            OPENED.add(url);
            throw new IOException("not reachable");
        }

        @Override
        protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
            return openConnection(url);
        }
    }
}
