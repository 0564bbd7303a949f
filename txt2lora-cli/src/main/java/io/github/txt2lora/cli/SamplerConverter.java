package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.Sampler;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code --sampler}. */
final class SamplerConverter implements ITypeConverter<Sampler> {

    @Override
    public Sampler convert(String value) {
        try {
            return Sampler.parse(value);
        } catch (InvalidSettingException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
