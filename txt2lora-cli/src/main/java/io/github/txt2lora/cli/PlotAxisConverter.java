package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.image.PlotAxis;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.NearestWord;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an axis of a plot: {@code KIND=VALUE,VALUE}. */
final class PlotAxisConverter implements ITypeConverter<PlotAxis> {

    private static final List<String> KINDS = List.of("seed", "steps", "cfg", "lora", "lora-weight", "model", "prompt");

    @Override
    public PlotAxis convert(String text) {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new TypeConversionException("the axis is " + Excerpt.quoted(text)
                    + "; expected KIND=VALUE,VALUE such as seed=1,2,3, with one of the kinds "
                    + String.join(", ", KINDS));
        }
        String kind = text.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        List<String> values = Arrays.stream(text.substring(equals + 1).split(",", -1))
                .map(String::strip)
                .toList();
        try {
            return axis(kind, values);
        } catch (NumberFormatException e) {
            throw new TypeConversionException(
                    "the axis is " + Excerpt.quoted(text) + "; expected numbers with commas between them");
        } catch (InvalidSettingException | InvalidPathException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static PlotAxis axis(String kind, List<String> values) {
        return switch (kind) {
            case "seed" -> new PlotAxis.Seeds(each(values, Long::valueOf));
            case "steps" -> new PlotAxis.Steps(each(values, Integer::valueOf));
            case "cfg" -> new PlotAxis.GuidanceScales(each(values, Double::valueOf));
            case "lora" -> new PlotAxis.LoraFiles(each(values, Path::of));
            case "lora-weight" -> new PlotAxis.LoraWeights(each(values, Double::valueOf));
            case "model" -> new PlotAxis.Models(each(values, new ModelSourceConverter()::convert));
            case "prompt" -> new PlotAxis.PromptText(values.get(0), values);
            default ->
                throw new TypeConversionException("the axis varies " + Excerpt.quoted(kind) + "; expected one of "
                        + String.join(", ", KINDS) + "; did you mean " + NearestWord.to(kind, KINDS) + "?");
        };
    }

    private static <T> List<T> each(List<String> values, Function<String, T> converter) {
        return values.stream().map(converter).toList();
    }
}
