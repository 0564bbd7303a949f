package io.github.txt2lora.batch;

import java.time.Duration;
import java.util.Locale;

/** Times in reports. */
final class ReportTime {

    private ReportTime() {}

    /** As hours, minutes and seconds. */
    static String text(Duration time) {
        return String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
    }
}
