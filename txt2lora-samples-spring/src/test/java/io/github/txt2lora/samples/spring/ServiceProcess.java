package io.github.txt2lora.samples.spring;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service in a JVM of its own. */
final class ServiceProcess implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

    private final Process process;
    private final ServiceClient client;

    private ServiceProcess(Process process, ServiceClient client) {
        this.process = process;
        this.client = client;
    }

    /** Starts it on a free port, with settings such as {@code --txt2lora.steps=5}; waits until it takes requests. */
    static ServiceProcess start(Path folder, String... settings) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SpringBootService.class.getName(),
                "--server.port=0",
                "--txt2lora.folder=" + folder));
        command.addAll(List.of(settings));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        BufferedReader log = process.inputReader();
        int port = portIn(log);
        // a full pipe would stop it
        var reader = new Thread(() -> readToEnd(log), "log-of-service");
        reader.setDaemon(true);
        reader.start();
        return new ServiceProcess(process, ServiceClient.of(port));
    }

    private static int portIn(BufferedReader log) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            lines.add(line);
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
        }
        throw new AssertionError("the service ended:\n" + String.join("\n", lines));
    }

    private static void readToEnd(BufferedReader log) {
        try {
            log.transferTo(Writer.nullWriter());
        } catch (IOException end) {
            // its process was ended, and the pipe with it
        }
    }

    /** A client of it. */
    ServiceClient client() {
        return client;
    }

    /** The most memory that was resident, as Linux tells it. */
    String mostMemory() throws IOException {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        if (!Files.isReadable(status)) {
            return "unknown memory";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024 + " MiB")
                .findFirst()
                .orElse("unknown memory");
    }

    /** Ends it as a loss of power would. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Ends it as an operator would, and waits. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
