package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SchedulerType;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.NearestWord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A source of latents in words: its name, with what differs from its defaults in parentheses, for example
 * {@code pool(pictures=16 steps=6)}; several, each with its weight, make a mixture:
 * {@code noise:2 + pool(pictures=16):1}.
 */
final class LatentSourceText {

    private static final Map<String, LatentSource> KINDS = kinds();

    private static final Pattern PART =
            Pattern.compile("\\s*(\\w+)\\s*(?:\\(([^()]*)\\))?\\s*(?::\\s*([^\\s:+]+))?\\s*");

    private static final Pattern ARGUMENT = Pattern.compile("(\\w+)=([^\\s=]+)");

    private static final String EXAMPLE = "such as noise, pool(pictures=16) or noise:2 + pool:1";

    private LatentSourceText() {}

    /**
     * Reads a text.
     *
     * @param rollout settings of rollouts without settings of their own
     * @throws InvalidSettingException if it is none; the message names the fault
     */
    static LatentSource parse(String text, RolloutSpec rollout) {
        List<LatentSource> sources = new ArrayList<>();
        List<LatentSource.Share> shares = new ArrayList<>();
        for (String part : text.split("\\+(?![^(]*\\))", -1)) {
            Matcher matcher = PART.matcher(part);
            if (!matcher.matches()) {
                throw new InvalidSettingException(
                        Excerpt.quoted(part.strip()) + " is no source of latents; expected one " + EXAMPLE);
            }
            LatentSource source = source(matcher.group(1), matcher.group(2), rollout);
            sources.add(source);
            if (matcher.group(3) != null) {
                shares.add(source.weighing(number("weight", matcher.group(3))));
            }
        }
        if (sources.size() == 1 && shares.isEmpty()) {
            return sources.get(0);
        }
        if (shares.size() < sources.size()) {
            throw new InvalidSettingException("a mixture has a source without a weight; expected one " + EXAMPLE);
        }
        return new LatentSource.Mixture(shares);
    }

    private static Map<String, LatentSource> kinds() {
        Map<String, LatentSource> kinds = new LinkedHashMap<>();
        LatentSource.kinds().forEach(kind -> kinds.put(name(kind), kind));
        return Collections.unmodifiableMap(kinds);
    }

    /** The names of all, for the documentation. */
    static String documentedNames() {
        return "`" + String.join("`, `", KINDS.keySet()) + "`";
    }

    private static LatentSource source(String name, @Nullable String arguments, RolloutSpec rollout) {
        LatentSource kind = KINDS.get(name.toLowerCase(Locale.ROOT));
        if (kind == null) {
            throw new InvalidSettingException(Excerpt.quoted(name) + " is no source of latents; did you mean "
                    + NearestWord.to(name, KINDS.keySet()) + "? (known here: " + String.join(", ", KINDS.keySet())
                    + ")");
        }
        var given = new Arguments(arguments);
        var source = (LatentSource) copy((Record) usual(kind, rollout), given);
        given.requireAllKnown(name);
        return source;
    }

    /** A source without arguments where rollouts denoise in a certain way. */
    private static LatentSource usual(LatentSource kind, RolloutSpec rollout) {
        return kind instanceof LatentSource.ShortRollout shortRollout
                ? new LatentSource.ShortRollout(shortRollout.steps(), rollout.guidanceScale())
                : kind.withRollout(usual -> rollout);
    }

    /** The record with the components that arguments give, also in the records that it consists of. */
    private static Record copy(Record usual, Arguments given) {
        RecordComponent[] components = usual.getClass().getRecordComponents();
        Object[] values = Stream.of(components)
                .map(component -> {
                    Object value = read(component, usual);
                    return value instanceof Record part
                            ? copy(part, given)
                            : given.value(Words.snakeCase(component.getName()), value);
                })
                .toArray();
        try {
            return usual.getClass()
                    .getConstructor(
                            Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof InvalidSettingException invalid) {
                throw invalid;
            }
            throw new IllegalStateException("cannot make a source of latents", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a source of latents is a public record", e);
        }
    }

    private static Object read(RecordComponent component, Record value) {
        try {
            return component.getAccessor().invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record lets its components be read", e);
        }
    }

    private static String name(LatentSource source) {
        return Words.snakeCase(source.getClass().getSimpleName());
    }

    private static double number(String name, String text) {
        Double number = Kind.parseNumber(text);
        if (number == null) {
            throw InvalidSettingException.of(name, Excerpt.of(text), "a number");
        }
        return number;
    }

    /** The arguments in the parentheses. */
    private static final class Arguments {

        private final Map<String, String> values = new TreeMap<>();
        private final List<String> known = new ArrayList<>();

        Arguments(@Nullable String text) {
            if (text != null && !text.isBlank()) {
                for (String argument : text.strip().split("\\s+", -1)) {
                    Matcher matcher = ARGUMENT.matcher(argument);
                    if (!matcher.matches()) {
                        throw new InvalidSettingException(
                                Excerpt.quoted(argument) + " is no argument; expected one such as pictures=16");
                    }
                    values.put(matcher.group(1), matcher.group(2));
                }
            }
        }

        /** What is given for a component, or else what it is. */
        Object value(String name, Object usual) {
            known.add(name);
            String text = values.get(name);
            if (text == null) {
                return usual;
            } else if (usual instanceof SchedulerType) {
                return scheduler(name, text);
            }
            double number = number(name, text);
            return usual instanceof Integer ? (Object) integer(name, number) : (Object) number;
        }

        private static SchedulerType scheduler(String name, String text) {
            SchedulerType scheduler = SettingWords.SCHEDULERS.value(text.toLowerCase(Locale.ROOT));
            if (scheduler == null) {
                throw InvalidSettingException.of(name, text, "one of " + SettingWords.SCHEDULERS.list());
            }
            return scheduler;
        }

        private static int integer(String name, double number) {
            if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
                throw InvalidSettingException.of(name, number, "a whole number");
            }
            return (int) number;
        }

        void requireAllKnown(String source) {
            for (String name : values.keySet()) {
                if (!known.contains(name)) {
                    throw new InvalidSettingException(source + " has no argument " + Excerpt.quoted(name)
                            + (known.isEmpty() ? "; expected none" : "; expected one of " + String.join(", ", known)));
                }
            }
        }
    }

    /** The shortest text that gives the source again where rollouts denoise as the first one. */
    static String of(LatentSource source) {
        return of(source, source.rolloutSpec().orElse(RolloutSpec.defaults()));
    }

    private static String of(LatentSource source, RolloutSpec defaults) {
        if (source instanceof LatentSource.Mixture mixture) {
            return mixture.shares().stream()
                    .map(share -> of(share.source(), defaults) + ":" + ScalarText.number(share.weight()))
                    .collect(Collectors.joining(" + "));
        }
        String name = name(source);
        Map<String, String> usual = arguments((Record) usual(Objects.requireNonNull(KINDS.get(name)), defaults));
        String different = arguments((Record) source).entrySet().stream()
                .filter(argument -> !argument.getValue().equals(usual.get(argument.getKey())))
                .map(Map.Entry::toString)
                .collect(Collectors.joining(" "));
        return different.isEmpty() ? name : name + "(" + different + ")";
    }

    private static Map<String, String> arguments(Record source) {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (RecordComponent component : source.getClass().getRecordComponents()) {
            Object value = read(component, source);
            if (value instanceof Record part) {
                arguments.putAll(arguments(part));
            } else {
                arguments.put(Words.snakeCase(component.getName()), text(value));
            }
        }
        return arguments;
    }

    private static String text(Object value) {
        if (value instanceof SchedulerType scheduler) {
            return SettingWords.SCHEDULERS.word(scheduler);
        }
        return value instanceof Double number ? ScalarText.number(number) : String.valueOf(value);
    }
}
