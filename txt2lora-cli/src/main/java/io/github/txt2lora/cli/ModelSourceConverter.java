package io.github.txt2lora.cli;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the path of a model: a file, with or without its extension, or a folder in diffusers' layout. */
final class ModelSourceConverter implements ITypeConverter<ModelSource> {

    @Override
    public ModelSource convert(String value) {
        try {
            Path path = Path.of(value);
            Path withExtension = Path.of(value + ".safetensors");
            if (Files.isDirectory(path)) {
                return ModelSource.folder(path);
            } else if (Files.exists(path)) {
                return ModelSource.file(path);
            } else if (Files.exists(withExtension)) {
                return ModelSource.file(withExtension);
            }
        } catch (InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
        throw new TypeConversionException("there is no " + Excerpt.quoted(value)
                + "; expected a .safetensors file or a folder in diffusers' layout");
    }
}
