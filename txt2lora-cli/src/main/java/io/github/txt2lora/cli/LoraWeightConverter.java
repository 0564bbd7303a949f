package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.LoraWeight;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code FILE}, {@code FILE:WEIGHT}, or {@code FILE:WEIGHT:WEIGHT} for the text encoders and the UNet. */
final class LoraWeightConverter implements ITypeConverter<LoraWeight> {

    private static final String NUMBER = ":([-+]?[0-9]*\\.?[0-9]+)";
    private static final Pattern WEIGHT = Pattern.compile("(.+?)" + NUMBER + "(?:" + NUMBER + ")?");

    @Override
    public LoraWeight convert(String value) {
        Matcher weighted = WEIGHT.matcher(value);
        try {
            if (!weighted.matches()) {
                return new LoraWeight(Path.of(value), 1);
            }
            double first = Double.parseDouble(weighted.group(2));
            String second = weighted.group(3);
            return new LoraWeight(
                    Path.of(weighted.group(1)), second == null ? first : Double.parseDouble(second), first);
        } catch (InvalidSettingException | InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
