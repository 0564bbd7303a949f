package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.SchedulerType;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --scheduler}. */
final class SchedulerConverter implements ITypeConverter<SchedulerType> {

    @Override
    public SchedulerType convert(String value) {
        try {
            return SchedulerType.parse(value);
        } catch (InvalidSettingException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
