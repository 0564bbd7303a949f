package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;

/**
 * A non-finite number in a scripted training that continues.
 *
 * @param iteration which is not finished when it is made for the first time, counted from 1
 * @param found description of the non-finite number
 * @param resumesAfter iterations that are kept
 */
public record ScriptedRecovery(int iteration, String found, int resumesAfter) {

    /** Rejects iterations that do not exist or are not made yet. */
    public ScriptedRecovery {
        Check.atLeast("iteration", iteration, 1);
        Check.given("found", found);
        Check.atLeast("resumesAfter", resumesAfter, 0);
        if (resumesAfter >= iteration) {
            throw InvalidSettingException.of("resumesAfter", resumesAfter, "less than the iteration, " + iteration);
        }
    }
}
