package io.github.txt2lora.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ResidentMemoryTest {

    @Test
    void reads_the_peak_and_not_the_present_size() {
        assertThat(ResidentMemory.peakMebibytes("VmPeak:\t 9000000 kB\nVmHWM:\t  204800 kB\nVmRSS:\t  102400 kB\n"))
                .isEqualTo(200);
    }

    @Test
    void knows_nothing_where_the_system_tells_nothing() {
        assertThat(ResidentMemory.peakMebibytes("Name:\tjava\n")).isNull();
    }
}
