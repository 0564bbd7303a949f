package io.github.txt2lora.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessMemoryTest {

    private static final String STATUS = "VmPeak:\t 9000000 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n";

    @Test
    void tells_the_peak_from_the_present_size() {
        assertThat(ProcessMemory.PEAK.bytes(STATUS)).hasValue(200L << 20);
        assertThat(ProcessMemory.RESIDENT.bytes(STATUS)).hasValue(100L << 20);
    }

    @Test
    void knows_nothing_where_the_system_tells_nothing() {
        assertThat(ProcessMemory.PEAK.bytes("Name:\tjava\n")).isEmpty();
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no /proc/self/status")
    void reads_this_process() {
        assertThat(ProcessMemory.RESIDENT.bytes().orElseThrow())
                .isBetween(1L << 20, ProcessMemory.PEAK.bytes().orElseThrow());
    }
}
