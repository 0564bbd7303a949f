package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LayerRank;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTarget;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.internal.Check;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kind of single values, and how it is written in YAML. Numbers and words are taken as written, whatever YAML makes
 * of them: {@code 1e-4} is a number, and {@code no} as a prompt is the word.
 *
 * @param expected expectation that messages state for a text that is no such value
 * @param reader the value of a text, null for none; the message of an {@link InvalidSettingException} says it all
 * @param writer the YAML of a value
 * @param note note for the user about a text; null for nothing
 */
record Kind<T>(
        String expected,
        Function<String, @Nullable T> reader,
        Function<T, String> writer,
        Function<String, @Nullable String> note) {

    /** Sixty-four bits have 20 digits; the rest is for underscores, a point and an exponent. */
    private static final int LONGEST_NUMBER = 40;

    /** The longest time between two states, in seconds: about 30 years. */
    private static final BigDecimal LONGEST_INTERVAL = BigDecimal.valueOf(1_000_000_000);

    private static final Pattern NUMERIC =
            Pattern.compile("[-+]?+(?:\\d[\\d_]*+(?:\\.[\\d_]*+)?+|\\.\\d[\\d_]*+)(?:[eE][-+]?+\\d{1,9})?+");

    private static final String WHOLE = "a whole number";

    static final String AUTO = "auto";

    static final Kind<String> TEXT = of("a text", text -> text, ScalarText::text);

    static final Kind<String> PATH = of(
            "a path without control characters: in double quotes \\ begins an escape, so write / or use single quotes",
            text -> Check.isPathText(text) ? text : null,
            ScalarText::text);

    static final Kind<Path> FOLDER = of(
            "the path of a folder, in characters that this system has in file names",
            text -> PATH.reader.apply(text) == null ? null : folder(text),
            folder -> ScalarText.text(folder.toString()));

    private static @Nullable Path folder(String text) {
        try {
            return text.isBlank() ? null : Path.of(text);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    static final Kind<LoraStart.FromLora> LORA_FILE = of(
            "the path of a LoRA, such as lora/name/name.safetensors, in characters that this system has in file names",
            text -> PATH.reader.apply(text) == null ? null : startFrom(text),
            start -> ScalarText.text(start.file().toString()));

    private static LoraStart.@Nullable FromLora startFrom(String text) {
        try {
            return text.isBlank() ? null : new LoraStart.FromLora(Path.of(text));
        } catch (InvalidPathException e) {
            return null;
        }
    }

    static final Kind<Double> NUMBER = of("a number", Kind::parseNumber, ScalarText::number);

    static final Kind<Integer> INTEGER = of(WHOLE, Kind::parseInteger, String::valueOf);

    static final Kind<Long> WHOLE_NUMBER = of(WHOLE, Kind::parseWholeNumber, String::valueOf);

    static final Kind<Boolean> FLAG = of(
            "true or false",
            text -> switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on" -> true;
                case "false", "no", "off" -> false;
                default -> null;
            },
            String::valueOf);

    static final Kind<Instant> TIME =
            of("a time such as 2024-12-31T23:59:59Z", Kind::parseTime, time -> ScalarText.text(time.toString()));

    /** A time between two things in seconds; empty for 0. */
    static final Kind<Optional<Duration>> SECONDS =
            of("0 for none, or at most " + LONGEST_INTERVAL + " seconds", Kind::parseSeconds, Kind::seconds);

    static final Kind<SchedulerType> SCHEDULER =
            of("the name of a scheduler", SchedulerType::parse, scheduler -> ScalarText.text(scheduler.displayName()));

    private static final Pattern LAYERS = Pattern.compile("(layers|names)\\((.*)\\)", Pattern.DOTALL);

    /** A word for layers, a regular expression over their names, or names. */
    static final Kind<LoraTarget> LORA_TARGET = loraTarget(of(SettingWords.LORA_TARGETS));

    private static Kind<LoraTarget> loraTarget(Kind<LoraTarget> named) {
        return new Kind<>(
                named.expected + ", or layers(REGEX), or names(NAME, NAME)",
                text -> {
                    LoraTarget layers = layersOrNames(text);
                    return layers == null ? named.reader.apply(text) : layers;
                },
                target -> LoraTarget.named().contains(target)
                        ? named.writer.apply(target)
                        : ScalarText.text(target.name()),
                named.note);
    }

    private static @Nullable LoraTarget layersOrNames(String text) {
        Matcher layers = LAYERS.matcher(text.strip());
        if (!layers.matches()) {
            return null;
        }
        return layers.group(1).equals("layers")
                ? LoraTarget.layers(layers.group(2))
                : LoraTarget.names(Stream.of(layers.group(2).split(",", -1))
                        .map(String::strip)
                        .toList());
    }

    /** Layers and their rank; layers may also be a bare name. */
    static final Kind<LayerRank> LAYER_RANK = of(
            "LAYERS=RANK, such as mid_block=8, OUT03=4 or layers(attn2)=2",
            Kind::parseLayerRank,
            layerRank -> ScalarText.text(layerRank.toString()));

    private static @Nullable LayerRank parseLayerRank(String text) {
        int equals = text.lastIndexOf('=');
        Integer rank = parseInteger(text.substring(equals + 1).strip());
        if (equals < 0 || rank == null) {
            return null;
        }
        String layers = text.substring(0, equals).strip();
        LoraTarget target = layersOrNames(layers);
        LoraTarget word = SettingWords.LORA_TARGETS.value(layers.toLowerCase(Locale.ROOT));
        return new LayerRank(target != null ? target : word != null ? word : LoraTarget.names(layers), rank);
    }

    /** Another kind, or the word {@code auto} for empty. */
    static <T> Kind<Optional<T>> orAuto(Kind<T> kind) {
        return new Kind<>(
                kind.expected + " or " + AUTO,
                text -> readOrAuto(kind, text),
                value -> value.map(kind.writer).orElse(AUTO),
                kind.note);
    }

    @SuppressWarnings("NullableOptional") // null says that the text is no such value, empty that it is auto
    private static <T> @Nullable Optional<T> readOrAuto(Kind<T> kind, String text) {
        if (text.strip().equalsIgnoreCase(AUTO)) {
            return Optional.empty();
        }
        T value = kind.reader.apply(text);
        return value == null ? null : Optional.of(value);
    }

    static <T> Kind<T> of(String expected, Function<String, @Nullable T> reader, Function<T, String> writer) {
        return new Kind<>(expected, reader, writer, text -> null);
    }

    /** One of several words, in any case. */
    static <T> Kind<T> of(Words<T> words) {
        return new Kind<>(
                "one of " + words.list(),
                text -> words.value(text.strip().toLowerCase(Locale.ROOT)),
                words::word,
                text -> words.note(text.strip().toLowerCase(Locale.ROOT)));
    }

    /** The number that a text is, null if it is none. */
    static @Nullable Double parseNumber(String text) {
        return NUMERIC.matcher(text).matches() ? Double.valueOf(text.replace("_", "")) : null;
    }

    private static @Nullable Integer parseInteger(String text) {
        Double number = parseNumber(text);
        return number == null || number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE
                ? null
                : (Integer) number.intValue();
    }

    private static @Nullable Long parseWholeNumber(String text) {
        BigDecimal number = parseDecimal(text);
        try {
            return number == null ? null : (Long) number.longValueExact();
        } catch (ArithmeticException e) {
            return null;
        }
    }

    /** Null too for a number of so many digits that calculating with it would take long. */
    private static @Nullable BigDecimal parseDecimal(String text) {
        if (text.length() > LONGEST_NUMBER || !NUMERIC.matcher(text).matches()) {
            return null;
        }
        BigDecimal number = new BigDecimal(text.replace("_", ""));
        return Math.abs((long) number.scale()) > LONGEST_NUMBER ? null : number;
    }

    private static @Nullable Instant parseTime(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    @SuppressWarnings("NullableOptional") // null says that the text is no such time, empty that it is 0
    private static @Nullable Optional<Duration> parseSeconds(String text) {
        BigDecimal seconds = parseDecimal(text);
        if (seconds == null || seconds.signum() < 0 || seconds.compareTo(LONGEST_INTERVAL) > 0) {
            return null;
        }
        long nanoseconds =
                seconds.movePointRight(9).setScale(0, RoundingMode.HALF_UP).longValueExact();
        return Optional.of(nanoseconds).filter(time -> time > 0).map(Duration::ofNanos);
    }

    private static String seconds(Optional<Duration> interval) {
        Duration time = interval.orElse(Duration.ZERO);
        BigDecimal seconds = BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano(), 9));
        return seconds.signum() == 0 ? "0" : seconds.stripTrailingZeros().toPlainString();
    }
}
