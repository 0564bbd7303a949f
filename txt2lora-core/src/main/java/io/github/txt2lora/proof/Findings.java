package io.github.txt2lora.proof;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.ops.DeviceFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Collects what a check finds, and tells its listener at once. */
final class Findings {

    private final Consumer<? super DeviceFinding> listener;
    private final List<DeviceFinding> findings = new ArrayList<>();

    Findings(Consumer<? super DeviceFinding> listener) {
        this.listener = listener;
    }

    List<DeviceFinding> all() {
        return List.copyOf(findings);
    }

    void add(DeviceFinding finding) {
        findings.add(finding);
        listener.accept(finding);
    }

    /** Whether a relative error is within its limit; one that is no number is not. */
    void error(String check, double error, double limit, String remedy) {
        add(DeviceFinding.measurement(
                check, "relative error " + text(error), "at most " + text(limit), error <= limit, remedy));
    }

    /** Does a part of the check; where the device fails in it, that is a finding and the check goes on. */
    void attempt(String check, String remedy, Runnable part) {
        try {
            part.run();
        } catch (Txt2LoraException e) {
            add(DeviceFinding.failure(check, String.valueOf(e.getMessage()), remedy));
        }
    }

    private static String text(double number) {
        return number == 0 || !Double.isFinite(number)
                ? String.valueOf(number).replaceAll("\\.0$", "")
                : String.format(Locale.ROOT, "%.0e", number).replaceAll("e([+-])0*(\\d)", "e$1$2");
    }
}
