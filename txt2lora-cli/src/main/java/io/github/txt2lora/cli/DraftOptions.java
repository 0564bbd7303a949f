package io.github.txt2lora.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The values of new LoRAs. The readers of the files check their ranges. */
final class DraftOptions {

    @Option(
            names = "--positive",
            paramLabel = "WORDS",
            description = "The prompt whose meaning the target gets: looks, clothes, colours.")
    private @Nullable String positive;

    @Option(
            names = "--neutral",
            paramLabel = "WORDS",
            description = "The prompt that the meaning is added to, such as 1girl. It is preserved.")
    private @Nullable String neutral;

    @Option(names = "--target", paramLabel = "WORDS", description = "The prompt that gets the meaning. Default: NAME.")
    private @Nullable String target;

    @Option(
            names = "--unconditional",
            paramLabel = "WORDS",
            description = "The prompt that the positive is compared with. Default: the empty prompt.")
    private @Nullable String unconditional;

    @Option(
            names = "--action",
            paramLabel = "ACTION",
            description = "enhance adds the meaning, erase removes it. Default: enhance.")
    private @Nullable String action;

    @Option(
            names = "--slider",
            paramLabel = "WORDS",
            arity = "2",
            description =
                    "Two ends, such as 'short hair' 'long hair': at weight -1 the target shows the first, at 1 the"
                            + " second. Instead of --positive; without --target, every prompt shows them.")
    private @Nullable List<String> ends;

    @Option(names = "--guidance-scale", paramLabel = "NUMBER", description = "Strength of the change.")
    private @Nullable String guidanceScale;

    @Option(
            names = "--resolution",
            paramLabel = "PIXELS",
            description = "Width and height of the training images, a multiple of 8.")
    private @Nullable String resolution;

    @Option(names = "--batch-size", paramLabel = "N", description = "Noisy images per comparison.")
    private @Nullable String batchSize;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A key of the two files, such as rank=8 or preview_places=[kitchen, beach]. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** The given values, by the keys of the files. */
    Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        settings.forEach((key, value) -> values.put(key.strip(), value));
        put(values, "target", "--target", target);
        put(values, "positive", "--positive", positive);
        put(values, "neutral", "--neutral", neutral);
        put(values, "unconditional", "--unconditional", unconditional);
        put(values, "action", "--action", action);
        put(values, "low", "--slider", ends == null ? null : ends.get(0));
        put(values, "high", "--slider", ends == null ? null : ends.get(1));
        put(values, "guidance_scale", "--guidance-scale", guidanceScale);
        put(values, "resolution", "--resolution", resolution);
        put(values, "batch_size", "--batch-size", batchSize);
        return values;
    }

    private void put(Map<String, String> values, String key, String option, @Nullable String value) {
        if (value != null && values.put(key, value) != null) {
            throw new ParameterException(
                    spec.commandLine(), key + " is given by " + option + " and by --set; expected one of them");
        }
    }
}
