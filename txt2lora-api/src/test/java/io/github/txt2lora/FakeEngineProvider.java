package io.github.txt2lora;

import io.github.txt2lora.spi.TrainingEngineProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/** Makes fake engines for the class loaders of tests that name it as a service. */
public final class FakeEngineProvider implements TrainingEngineProvider {

    private static final ThreadLocal<FakeEngine> NEXT = new ThreadLocal<>();
    private static final ThreadLocal<EngineOptions> LAST_OPTIONS = new ThreadLocal<>();

    /** Called by the service loader. */
    public FakeEngineProvider() {}

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public TrainingEngine create(EngineOptions options) {
        LAST_OPTIONS.set(options);
        return NEXT.get();
    }

    /** The options of the last engine that this thread opened. */
    static EngineOptions lastOptions() {
        return LAST_OPTIONS.get();
    }

    /** Runs with {@code engine} as the one that this thread finds. */
    static <T> T whereFound(FakeEngine engine, Path folder, Callable<T> action) throws Exception {
        NEXT.set(engine);
        return withService(FakeEngineProvider.class.getName(), folder, action);
    }

    /** Runs with a class path that names a provider, which may not exist. */
    static <T> T withService(String provider, Path folder, Callable<T> action) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {serviceFolder(provider, folder)}, before)) {
            thread.setContextClassLoader(loader);
            return action.call();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URL serviceFolder(String provider, Path folder) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(TrainingEngineProvider.class.getName()), provider);
        return folder.toUri().toURL();
    }
}
