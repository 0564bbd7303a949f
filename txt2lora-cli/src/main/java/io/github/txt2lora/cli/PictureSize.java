package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Excerpt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A width and a height in pixels, as {@code 512x768}. */
record PictureSize(int width, int height) {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,5})[xX]([0-9]{1,5})");

    /** Reads it. */
    static final class Converter implements ITypeConverter<PictureSize> {

        @Override
        public PictureSize convert(String value) {
            Matcher size = SIZE.matcher(value);
            if (!size.matches()) {
                throw new TypeConversionException(
                        "the size is " + Excerpt.quoted(value) + "; expected WIDTHxHEIGHT, for example 512x768");
            }
            return new PictureSize(Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
        }
    }
}
