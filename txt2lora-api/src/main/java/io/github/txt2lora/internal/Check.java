package io.github.txt2lora.internal;

import io.github.txt2lora.InvalidSettingException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Checks of single settings. Each returns the value it was given, or rejects it with its name and the expected values.
 */
public final class Check {

    /** The autoencoder halves an image three times, so its sides are multiples of 8 pixels. */
    private static final int PIXELS_PER_LATENT = 8;

    private Check() {}

    /** Rejects null, and paths with control characters, which come of escapes that were meant as backslashes. */
    public static Path path(String setting, @Nullable Path value) {
        Path path = given(setting, value);
        pathText(setting, path.toString());
        return path;
    }

    /** The same of a path that is still text. */
    public static String pathText(String setting, String path) {
        if (!isPathText(path)) {
            throw InvalidSettingException.of(setting, path, "a path without control characters");
        }
        return path;
    }

    /** Whether a path is free of control characters and of Unicode's separators of lines. */
    public static boolean isPathText(String path) {
        return path.chars().noneMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        });
    }

    /** Rejects null: the settings of this library are never null unless their documentation says so. */
    public static <T> T given(String setting, @Nullable T value) {
        if (value == null) {
            throw InvalidSettingException.of(setting, null, "a value");
        }
        return value;
    }

    /** Rejects a value that was never set; {@code remedy} names the call that sets it. */
    public static <T> T required(String setting, @Nullable T value, String remedy) {
        if (value == null) {
            throw InvalidSettingException.missing(setting, remedy);
        }
        return value;
    }

    /** Rejects values below {@code minimum}. */
    public static int atLeast(String setting, int value, int minimum) {
        if (value < minimum) {
            throw InvalidSettingException.of(setting, value, minimum + " or more");
        }
        return value;
    }

    /** Rejects values outside {@code minimum..maximum}, both included. */
    public static int between(String setting, int value, int minimum, int maximum) {
        if (value < minimum || value > maximum) {
            throw InvalidSettingException.of(setting, value, "a number from " + minimum + " to " + maximum);
        }
        return value;
    }

    /** Rejects infinities and NaN. */
    public static double finite(String setting, double value) {
        if (!Double.isFinite(value)) {
            throw InvalidSettingException.of(setting, value, "a finite number");
        }
        return value;
    }

    /** Rejects zero, infinities and NaN. */
    public static double notZero(String setting, double value) {
        if (value == 0 || !Double.isFinite(value)) {
            throw InvalidSettingException.of(setting, value, "a finite number other than 0");
        }
        return value;
    }

    /** Rejects zero, negative numbers, infinities and NaN. */
    public static double positive(String setting, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw InvalidSettingException.of(setting, value, "a number greater than 0");
        }
        return value;
    }

    /** Rejects negative numbers, infinities and NaN. */
    public static double notNegative(String setting, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw InvalidSettingException.of(setting, value, "0 or a greater number");
        }
        return value;
    }

    /** Rejects what cannot be the decay rate of a running average: numbers outside 0 (included) to 1 (excluded). */
    public static double decayRate(String setting, double value) {
        if (!(value >= 0 && value < 1)) {
            throw InvalidSettingException.of(setting, value, "a number from 0 to below 1");
        }
        return value;
    }

    /** Rejects numbers outside 0 to 1, both included. */
    public static double fraction(String setting, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw InvalidSettingException.of(setting, value, "a number from 0 to 1");
        }
        return value;
    }

    /** Rejects what cannot be the side of an image in pixels: numbers that are not positive multiples of 8. */
    public static int pictureSide(String setting, int value) {
        if (value > 0 && value % PIXELS_PER_LATENT == 0) {
            return value;
        }
        if (value <= 0) {
            throw InvalidSettingException.of(setting, value, "a positive multiple of 8, for example 512");
        }
        int below = value / PIXELS_PER_LATENT * PIXELS_PER_LATENT;
        int above = below + PIXELS_PER_LATENT;
        String examples = below == 0 ? "8" : above < 0 ? String.valueOf(below) : below + " or " + above;
        throw InvalidSettingException.of(setting, value, "a multiple of 8, for example " + examples);
    }
}
