package io.github.txt2lora.benchmarks.acceptance;

import io.github.txt2lora.Device;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks at a card twice a second with {@code nvidia-smi}, where there is one. */
final class GpuWatch implements AutoCloseable {

    private final @Nullable Process process;
    private final List<long[]> seen = new ArrayList<>();

    private GpuWatch(@Nullable Process process) {
        this.process = process;
    }

    static GpuWatch start(Device device) {
        if (device.kind() == Device.Kind.CPU) {
            return new GpuWatch(null);
        }
        try {
            Process process = new ProcessBuilder(
                            "nvidia-smi",
                            "--query-gpu=utilization.gpu,memory.used",
                            "--format=csv,noheader,nounits",
                            "--loop-ms=500",
                            "--id=" + device.index())
                    .redirectErrorStream(true)
                    .start();
            var watch = new GpuWatch(process);
            var reader = new Thread(watch::read, "nvidia-smi");
            reader.setDaemon(true);
            reader.start();
            return watch;
        } catch (IOException e) {
            return new GpuWatch(null);
        }
    }

    private void read() {
        if (process == null) {
            return;
        }
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                take(line);
            }
        } catch (IOException e) {
            // closed
        }
    }

    /** Takes a line such as {@code 97, 10240}; others are messages. */
    void take(String line) {
        String[] numbers = line.split(",", -1);
        if (numbers.length == 2
                && numbers[0].strip().matches("\\d+")
                && numbers[1].strip().matches("\\d+")) {
            synchronized (seen) {
                seen.add(new long[] {Long.parseLong(numbers[0].strip()), Long.parseLong(numbers[1].strip())});
            }
        }
    }

    static GpuWatch ofNothing() {
        return new GpuWatch(null);
    }

    /** The most memory in use, in MiB; null if nothing was seen. */
    @Nullable
    Long peakMebibytes() {
        synchronized (seen) {
            return seen.isEmpty()
                    ? null
                    : seen.stream().mapToLong(numbers -> numbers[1]).max().getAsLong();
        }
    }

    /** The mean share of time in which the card computed, in percent; null if nothing was seen. */
    @Nullable
    Double utilisation() {
        synchronized (seen) {
            return seen.isEmpty()
                    ? null
                    : seen.stream().mapToLong(numbers -> numbers[0]).average().getAsDouble();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroy();
        }
    }
}
