package io.github.txt2lora.ops;

import io.github.txt2lora.internal.Check;
import java.util.Optional;

/**
 * The result of one check of a {@link DeviceCheck}.
 *
 * @param check what was checked, for example {@code UNet in BF16}
 * @param measured what was found, in words
 * @param allowed what is allowed, in words; empty if this is only reported
 * @param passed whether the check passed
 * @param remedy a sentence that says what to do; present if the check failed
 */
public record DeviceFinding(
        String check, String measured, Optional<String> allowed, boolean passed, Optional<String> remedy) {

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if there is no remedy although the check failed, or the reverse
     */
    public DeviceFinding {
        Check.given("check", check);
        Check.given("measured", measured);
        Check.given("allowed", allowed);
        if (Check.given("remedy", remedy).isPresent() == passed) {
            throw new IllegalArgumentException(
                    check + " has passed: " + passed + ", and its remedy is " + remedy + "; expected one or the other");
        }
    }

    /** Something to know that cannot fail. */
    public static DeviceFinding fact(String check, String measured) {
        return new DeviceFinding(check, measured, Optional.empty(), true, Optional.empty());
    }

    /** A check that failed before anything could be measured. */
    public static DeviceFinding failure(String check, String found, String remedy) {
        return new DeviceFinding(check, found, Optional.empty(), false, Optional.of(remedy));
    }

    /**
     * A measured value and its limit.
     *
     * @param remedy what to do if the check failed
     */
    public static DeviceFinding measurement(
            String check, String measured, String allowed, boolean passed, String remedy) {
        return new DeviceFinding(
                check, measured, Optional.of(allowed), passed, passed ? Optional.empty() : Optional.of(remedy));
    }
}
