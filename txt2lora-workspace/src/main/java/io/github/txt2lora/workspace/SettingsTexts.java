package io.github.txt2lora.workspace;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Settings as they are written in a layout; one that is absent stands for the absence of a value. */
final class SettingsTexts {

    private final SettingsLayout layout;
    private final Map<SettingKey, String> texts = new EnumMap<>(SettingKey.class);

    SettingsTexts(SettingsLayout layout) {
        this.layout = layout;
    }

    SettingsLayout layout() {
        return layout;
    }

    /** The texts in YAML by key. */
    Map<SettingKey, String> texts() {
        return Collections.unmodifiableMap(texts);
    }

    /** A word that is no other thing in YAML. */
    void word(SettingKey key, String word) {
        texts.put(key, word);
    }

    void text(SettingKey key, String text) {
        texts.put(key, ScalarText.text(text));
    }

    void textUnlessEmpty(SettingKey key, String text) {
        if (!text.isEmpty()) {
            text(key, text);
        }
    }

    void texts(SettingKey key, List<String> values) {
        texts.put(key, ScalarText.texts(values));
    }

    void number(SettingKey key, double number) {
        texts.put(key, ScalarText.number(number));
    }

    void decimal(SettingKey key, BigDecimal number) {
        texts.put(key, number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString());
    }

    void wholeNumber(SettingKey key, long number) {
        texts.put(key, Long.toString(number));
    }

    void wholeNumber(SettingKey key, OptionalInt number) {
        number.ifPresent(value -> wholeNumber(key, value));
    }

    void wholeNumbers(SettingKey key, List<Long> numbers) {
        texts.put(key, numbers.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]")));
    }

    void flag(SettingKey key, boolean value) {
        texts.put(key, Boolean.toString(value));
    }
}
