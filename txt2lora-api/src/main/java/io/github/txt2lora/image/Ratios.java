package io.github.txt2lora.image;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.util.ArrayList;
import java.util.List;

/** A list of numbers, separated by commas. */
final class Ratios {

    private Ratios() {}

    /** Reads at least one finite number; rejects anything else under the name of the setting. */
    static List<Double> parse(String setting, String text) {
        List<Double> numbers = new ArrayList<>();
        for (String number : Check.given(setting, text).split(",", -1)) {
            double value = toDouble(number);
            if (!Double.isFinite(value)) {
                throw InvalidSettingException.of(setting, text, "numbers with commas between them, for example 1,2");
            }
            numbers.add(value);
        }
        return numbers;
    }

    private static double toDouble(String number) {
        try {
            return Double.parseDouble(number.strip());
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
