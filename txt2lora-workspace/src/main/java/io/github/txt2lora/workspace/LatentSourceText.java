package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.NearestWord;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A source of latents in words: its name, with what differs from its defaults in parentheses, for example
 * {@code pool(pictures=16 steps=6)}; several, each with its weight, make a mixture:
 * {@code noise:2 + pool(pictures=16):1}.
 */
final class LatentSourceText {

    private static final List<String> NAMES = List.of("rollout", "reused_rollout", "short_rollout", "pool", "noise");

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

    private static LatentSource source(String name, @Nullable String arguments, RolloutSpec rollout) {
        var given = new Arguments(arguments);
        LatentSource source = switch (name.toLowerCase(Locale.ROOT)) {
            case "rollout" -> new LatentSource.Rollout(rollout(given, rollout));
            case "reused_rollout" ->
                new LatentSource.ReusedRollout(given.integer("states", 4), rollout(given, rollout));
            case "short_rollout" ->
                new LatentSource.ShortRollout(
                        given.integer("steps", LatentSource.shortRollout().steps()),
                        given.number("guidance_scale", rollout.guidanceScale()));
            case "pool" -> pool(given, LatentSource.pool());
            case "noise" -> noise(given, LatentSource.noise());
            default ->
                throw new InvalidSettingException(Excerpt.quoted(name) + " is no source of latents; did you mean "
                        + NearestWord.to(name, NAMES) + "? (known here: " + String.join(", ", NAMES) + ")");
        };
        given.requireAllKnown(name);
        return source;
    }

    private static RolloutSpec rollout(Arguments given, RolloutSpec defaults) {
        return new RolloutSpec(
                given.word("scheduler", SettingWords.SCHEDULERS, defaults.scheduler()),
                given.integer("steps", defaults.steps()),
                given.number("guidance_scale", defaults.guidanceScale()));
    }

    private static LatentSource pool(Arguments given, LatentSource.Pool defaults) {
        return new LatentSource.Pool(
                given.integer("pictures", defaults.pictures()),
                given.integer("noisings", defaults.noisings()),
                given.integer("steps", defaults.steps()),
                given.number("guidance_scale", defaults.guidanceScale()));
    }

    private static LatentSource noise(Arguments given, LatentSource.Noise defaults) {
        return new LatentSource.Noise(
                given.integer("batches", defaults.batches()),
                given.integer("minimum_timestep", defaults.minimumTimestep()));
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

        double number(String name, double fallback) {
            known.add(name);
            String text = values.get(name);
            return text == null ? fallback : LatentSourceText.number(name, text);
        }

        <T> T word(String name, Words<T> words, T fallback) {
            known.add(name);
            String text = values.get(name);
            T value = text == null ? fallback : words.value(text.toLowerCase(Locale.ROOT));
            if (value == null) {
                throw InvalidSettingException.of(name, String.valueOf(text), "one of " + words.list());
            }
            return value;
        }

        int integer(String name, int fallback) {
            double number = number(name, fallback);
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
        Map<String, String> arguments = new LinkedHashMap<>();
        if (source instanceof LatentSource.Mixture mixture) {
            return mixture.shares().stream()
                    .map(share -> of(share.source(), defaults) + ":" + ScalarText.number(share.weight()))
                    .collect(Collectors.joining(" + "));
        } else if (source instanceof LatentSource.Rollout rollout) {
            putRollout(arguments, rollout.spec(), defaults);
            return "rollout" + inParentheses(arguments);
        } else if (source instanceof LatentSource.ReusedRollout reused) {
            put(arguments, "states", reused.states(), 4);
            putRollout(arguments, reused.spec(), defaults);
            return "reused_rollout" + inParentheses(arguments);
        } else if (source instanceof LatentSource.ShortRollout shortRollout) {
            put(
                    arguments,
                    "steps",
                    shortRollout.steps(),
                    LatentSource.shortRollout().steps());
            put(arguments, "guidance_scale", shortRollout.guidanceScale(), defaults.guidanceScale());
            return "short_rollout" + inParentheses(arguments);
        } else if (source instanceof LatentSource.Pool pool) {
            LatentSource.Pool usual = LatentSource.pool();
            put(arguments, "pictures", pool.pictures(), usual.pictures());
            put(arguments, "noisings", pool.noisings(), usual.noisings());
            put(arguments, "steps", pool.steps(), usual.steps());
            put(arguments, "guidance_scale", pool.guidanceScale(), usual.guidanceScale());
            return "pool" + inParentheses(arguments);
        } else if (source instanceof LatentSource.Noise noise) {
            LatentSource.Noise usual = LatentSource.noise();
            put(arguments, "batches", noise.batches(), usual.batches());
            put(arguments, "minimum_timestep", noise.minimumTimestep(), usual.minimumTimestep());
            return "noise" + inParentheses(arguments);
        }
        throw new IllegalArgumentException("unknown source of latents: " + source);
    }

    private static void putRollout(Map<String, String> arguments, RolloutSpec rollout, RolloutSpec defaults) {
        if (rollout.scheduler() != defaults.scheduler()) {
            arguments.put("scheduler", SettingWords.SCHEDULERS.word(rollout.scheduler()));
        }
        put(arguments, "steps", rollout.steps(), defaults.steps());
        put(arguments, "guidance_scale", rollout.guidanceScale(), defaults.guidanceScale());
    }

    private static void put(Map<String, String> arguments, String name, int value, int fallback) {
        if (value != fallback) {
            arguments.put(name, Integer.toString(value));
        }
    }

    private static void put(Map<String, String> arguments, String name, double value, double fallback) {
        if (Double.compare(value, fallback) != 0) {
            arguments.put(name, ScalarText.number(value));
        }
    }

    private static String inParentheses(Map<String, String> arguments) {
        return arguments.isEmpty()
                ? ""
                : arguments.entrySet().stream()
                        .map(argument -> argument.getKey() + "=" + argument.getValue())
                        .collect(Collectors.joining(" ", "(", ")"));
    }
}
