package io.github.txt2lora.cli;

import io.github.txt2lora.Device;
import io.github.txt2lora.InvalidSettingException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --device}. */
final class DeviceConverter implements ITypeConverter<Device> {

    @Override
    public Device convert(String value) {
        try {
            return Device.parse(value);
        } catch (InvalidSettingException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
