package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.Resume;
import io.github.txt2lora.StateSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;

/**
 * The keys for what may come between: {@code state_per_steps}, {@code state_per_seconds} and {@code resume} for
 * trainings that stop and go on, {@code non_finite} and {@code non_finite_limit} for numbers that go wrong.
 */
final class InterruptionKeys {

    private static final Words<Resume> RESUMES =
            Words.of("if_same", Resume.IF_SAME).and("never", Resume.NEVER).and("required", Resume.REQUIRED);

    private static final Words<NonFinitePolicy> POLICIES = Words.of("fail", (NonFinitePolicy) NonFinitePolicy.fail())
            .and("skip", NonFinitePolicy.skip())
            .and("rollback", NonFinitePolicy.rollback());

    /** The longest time between two states, in seconds: about 30 years. */
    private static final BigDecimal LONGEST_INTERVAL = BigDecimal.valueOf(1_000_000_000);

    private InterruptionKeys() {}

    static StateSpec readStates(SettingsKeys keys, StateSpec defaults) {
        int iterations = keys.integer(SettingKey.STATE_PER_STEPS, defaults.everyIterations());
        Optional<Duration> interval = readInterval(keys, defaults.interval());
        Resume resume = keys.choice(SettingKey.RESUME, RESUMES, defaults.resume());
        try {
            return new StateSpec(iterations, interval, resume);
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.STATE_PER_STEPS, e.getMessage());
            return defaults;
        }
    }

    private static Optional<Duration> readInterval(SettingsKeys keys, Optional<Duration> fallback) {
        if (!keys.given(SettingKey.STATE_PER_SECONDS)) {
            return fallback;
        }
        BigDecimal seconds = keys.decimal(SettingKey.STATE_PER_SECONDS, BigDecimal.ZERO);
        if (seconds.signum() < 0 || seconds.compareTo(LONGEST_INTERVAL) > 0) {
            keys.report(
                    SettingKey.STATE_PER_SECONDS,
                    seconds.toString(),
                    "0 for none, or at most " + LONGEST_INTERVAL + " seconds");
            return fallback;
        }
        long nanoseconds =
                seconds.movePointRight(9).setScale(0, RoundingMode.HALF_UP).longValueExact();
        return nanoseconds == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(nanoseconds));
    }

    static void writeStates(StateSpec states, SettingsTexts texts) {
        texts.wholeNumber(SettingKey.STATE_PER_STEPS, states.everyIterations());
        Duration interval = states.interval().orElse(Duration.ZERO);
        texts.decimal(
                SettingKey.STATE_PER_SECONDS,
                BigDecimal.valueOf(interval.getSeconds()).add(BigDecimal.valueOf(interval.getNano(), 9)));
        texts.word(SettingKey.RESUME, RESUMES.word(states.resume()));
    }

    static NonFinitePolicy readPolicy(SettingsKeys keys, NonFinitePolicy fallback) {
        NonFinitePolicy policy = keys.choice(SettingKey.NON_FINITE, POLICIES, fallback);
        if (!keys.given(SettingKey.NON_FINITE_LIMIT)) {
            return policy;
        }
        int limit = keys.integer(SettingKey.NON_FINITE_LIMIT, 1);
        try {
            if (policy instanceof NonFinitePolicy.Skip) {
                return new NonFinitePolicy.Skip(limit);
            } else if (policy instanceof NonFinitePolicy.Rollback) {
                return new NonFinitePolicy.Rollback(limit);
            }
            keys.report(SettingKey.NON_FINITE_LIMIT, "has no effect; expected it beside non_finite: skip or rollback");
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.NON_FINITE_LIMIT, e.getMessage());
        }
        return policy;
    }

    static void writePolicy(NonFinitePolicy policy, SettingsTexts texts) {
        if (policy instanceof NonFinitePolicy.Skip skip) {
            texts.word(SettingKey.NON_FINITE, "skip");
            texts.wholeNumber(SettingKey.NON_FINITE_LIMIT, skip.limit());
        } else if (policy instanceof NonFinitePolicy.Rollback rollback) {
            texts.word(SettingKey.NON_FINITE, "rollback");
            texts.wholeNumber(SettingKey.NON_FINITE_LIMIT, rollback.limit());
        } else {
            texts.word(SettingKey.NON_FINITE, "fail");
        }
    }
}
