package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.Check;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Any path of the command line. */
final class PathConverter implements ITypeConverter<Path> {

    @Override
    public Path convert(String text) {
        try {
            return Check.path("path", Path.of(text));
        } catch (InvalidSettingException | InvalidPathException e) {
            throw new TypeConversionException(String.valueOf(e.getMessage()));
        }
    }
}
