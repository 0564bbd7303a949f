package io.github.txt2lora.benchmarks;

import java.io.IOException;

/** The time that processors have worked for this process, all threads together. */
final class ProcessorTime {

    private ProcessorTime() {}

    static double seconds() throws IOException {
        return ProcessHandle.current()
                        .info()
                        .totalCpuDuration()
                        .orElseThrow(() -> new IOException("this system does not tell the time of processes"))
                        .toMillis()
                / 1000.0;
    }
}
