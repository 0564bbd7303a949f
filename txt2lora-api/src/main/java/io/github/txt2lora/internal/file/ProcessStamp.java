package io.github.txt2lora.internal.file;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Names a process in files that it leaves behind, so that others can tell whether it still lives.
 *
 * @param pid its id, which another process may get once it has ended
 * @param startMillis when it started, in milliseconds since 1970; 0 if the system does not say
 * @param host the machine, which tells whether the id means something here; letters, digits and underscores
 */
public record ProcessStamp(long pid, long startMillis, String host) {

    /** Whether a process lives. */
    public enum Liveness {
        /** It runs on this machine. */
        ALIVE,
        /** It ran on this machine and has ended. */
        DEAD,
        /** It runs or ran on another machine. */
        UNKNOWN
    }

    private static final Path LINUX_HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    private static final int LONGEST_HOST = 40;

    /**
     * The system computes a start from the time since boot, so that it moves when the clock is set. A process that
     * gets the id of another one starts later than that.
     */
    private static final Duration START_TOLERANCE = Duration.ofSeconds(10);

    private static final ProcessStamp CURRENT = ofThisProcess();

    /** This process. */
    public static ProcessStamp current() {
        return CURRENT;
    }

    private static ProcessStamp ofThisProcess() {
        ProcessHandle process = ProcessHandle.current();
        String name = hostName().replaceAll("[^A-Za-z0-9]", "_");
        return new ProcessStamp(
                process.pid(),
                process.info().startInstant().map(Instant::toEpochMilli).orElse(0L),
                name.substring(0, Math.min(name.length(), LONGEST_HOST)));
    }

    /** Asks the network last, since that can take seconds. */
    private static String hostName() {
        try {
            return Files.readString(LINUX_HOST_NAME).strip();
        } catch (IOException notLinux) {
            return Objects.requireNonNullElseGet(System.getenv("COMPUTERNAME"), ProcessStamp::networkName);
        }
    }

    private static String networkName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** Reads what {@link #text} wrote; empty if it is something else. */
    public static Optional<ProcessStamp> parse(String text) {
        String[] parts = text.split("-", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ProcessStamp(Long.parseLong(parts[0]), Long.parseLong(parts[1], 36), parts[2]));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** One word that can be part of a file name. */
    public String text() {
        return pid + "-" + Long.toString(startMillis, Character.MAX_RADIX) + "-" + host;
    }

    /** Whether it lives, as far as can be told here. */
    public Liveness liveness() {
        if (!host.equals(CURRENT.host)) {
            return Liveness.UNKNOWN;
        }
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(this::startedWith)
                .map(process -> Liveness.ALIVE)
                .orElse(Liveness.DEAD);
    }

    private boolean startedWith(ProcessHandle process) {
        Instant started = Instant.ofEpochMilli(startMillis);
        return startMillis == 0
                || process.info()
                        .startInstant()
                        .map(start -> Duration.between(started, start).abs().compareTo(START_TOLERANCE) <= 0)
                        .orElse(true);
    }
}
