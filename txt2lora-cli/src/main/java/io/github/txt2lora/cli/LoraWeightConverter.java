package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.LoraWeight;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code FILE} or {@code FILE:WEIGHT}. */
final class LoraWeightConverter implements ITypeConverter<LoraWeight> {

    private static final Pattern WEIGHT = Pattern.compile("(.+):([-+]?[0-9]*\\.?[0-9]+)");

    @Override
    public LoraWeight convert(String value) {
        Matcher weighted = WEIGHT.matcher(value);
        try {
            return weighted.matches()
                    ? new LoraWeight(Path.of(weighted.group(1)), Double.parseDouble(weighted.group(2)))
                    : new LoraWeight(Path.of(value), 1);
        } catch (InvalidSettingException | InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
