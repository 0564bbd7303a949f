package io.github.txt2lora.image;

import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.DecimalText;
import io.github.txt2lora.internal.LibraryVersion;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The parameters of an image, as AUTOMATIC1111's web UI writes them into PNG files under {@code parameters}: the
 * prompt, {@code Negative prompt: ...}, and a line {@code Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, ...}.
 *
 * @param prompt prompt in the web UI's syntax; may have several lines
 * @param negativePrompt negative prompt in the same syntax; may be empty
 * @param settings by their names, in order
 */
public record GenerationParameters(String prompt, String negativePrompt, Map<String, String> settings) {

    static final String KEYWORD = "parameters";

    private static final String NEGATIVE = "Negative prompt:";

    /**
     * With at least this many settings, the last line is a line of settings rather than of the prompt, as in the web
     * UI.
     */
    private static final int FEWEST_SETTINGS = 3;

    /** Copies the map, keeping its order. */
    public GenerationParameters {
        Check.given("prompt", prompt);
        Check.given("negativePrompt", negativePrompt);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(Check.given("settings", settings)));
    }

    /**
     * The parameters of an image. A plain prompt is escaped, and LoRAs given as files are added to the prompt, so that
     * a web UI draws the same image from the text.
     */
    public static GenerationParameters of(GeneratedImage image) {
        ImageRequest request = image.request();
        boolean plain = request.promptSyntax() == PromptSyntax.PLAIN;
        String prompt = written(request.prompt(), plain);
        String loras = request.loras().stream().map(GenerationParameters::tag).collect(Collectors.joining());
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Steps", String.valueOf(request.steps()));
        settings.put("Sampler", request.scheduler().displayName());
        settings.put("CFG scale", DecimalText.shortest(request.guidanceScale()));
        settings.put("Seed", String.valueOf(image.seed()));
        settings.put("Size", request.width() + "x" + request.height());
        settings.put("Model", stem(Path.of(request.model().displayName())));
        if (request.modelUse().clipSkip() > 1) {
            settings.put("Clip skip", String.valueOf(request.modelUse().clipSkip()));
        }
        if (request.composition() instanceof LatentCouple || request.composition() instanceof RegionGrid) {
            settings.put("Composition", request.composition().toString());
        }
        settings.put("Version", "txt2lora " + LibraryVersion.number());
        return new GenerationParameters(prompt + loras, written(request.negativePrompt(), plain), settings);
    }

    /**
     * Reads the parameters of a PNG file.
     *
     * @return empty if the file has none
     * @throws io.github.txt2lora.StorageException if the file cannot be read or is not a PNG file
     */
    public static Optional<GenerationParameters> readPng(Path file) {
        return PngText.read(Check.given("file", file), KEYWORD).map(GenerationParameters::parse);
    }

    /**
     * Reads {@link #text()}, or the text of a web UI. All text other than settings and negative prompt is the prompt.
     */
    public static GenerationParameters parse(String text) {
        List<String> lines = Check.given("text", text).strip().lines().toList();
        Map<String, String> settings = Map.of();
        if (!lines.isEmpty()) {
            Map<String, String> last = SettingsLine.parse(lines.get(lines.size() - 1));
            if (last.size() >= FEWEST_SETTINGS) {
                settings = last;
                lines = lines.subList(0, lines.size() - 1);
            }
        }
        int negative = 0;
        while (negative < lines.size() && !lines.get(negative).strip().startsWith(NEGATIVE)) {
            negative++;
        }
        String prompt = String.join("\n", lines.subList(0, negative)).strip();
        String rest = String.join("\n", lines.subList(negative, lines.size())).strip();
        return new GenerationParameters(
                prompt, rest.isEmpty() ? "" : rest.substring(NEGATIVE.length()).strip(), settings);
    }

    /** The web UI's text. */
    public String text() {
        StringBuilder text = new StringBuilder(prompt);
        if (!negativePrompt.isEmpty()) {
            text.append('\n').append(NEGATIVE).append(' ').append(negativePrompt);
        }
        return text.append('\n').append(SettingsLine.of(settings)).toString();
    }

    private static String written(String prompt, boolean plain) {
        return plain ? new PlainWords(prompt).asPrompt() : prompt;
    }

    private static String tag(LoraWeight lora) {
        String textEncoder = lora.hasOneWeight() ? "" : DecimalText.shortest(lora.textEncoderWeight()) + ":";
        return " <lora:" + stem(lora.file()) + ":" + textEncoder + DecimalText.shortest(lora.weight()) + ">";
    }

    private static String stem(Path file) {
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name;
    }
}
