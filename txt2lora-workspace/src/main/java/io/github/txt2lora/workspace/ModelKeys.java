package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.DownloadAddress;
import io.github.txt2lora.internal.PublicAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys that name the base model. */
final class ModelKeys {

    /** Stands for a name that is missing or wrong; never seen, since a problem was noted. */
    private static final String MISSING = "missing";

    /** A model as one text: a name in the folder {@code model}, or a path, which has a separator. */
    static final Kind<ModelAddress> MODEL =
            Kind.of("the name of a model in the folder model, or a path with /", ModelKeys::parse, ModelKeys::write);

    private ModelKeys() {}

    private static @Nullable ModelAddress parse(String text) {
        try {
            return text.contains("/") || text.contains("\\") ? ModelAddress.at(text) : ModelAddress.named(text);
        } catch (InvalidSettingException e) {
            return null;
        }
    }

    private static String write(ModelAddress model) {
        String text = model.displayName();
        return ScalarText.text(
                model instanceof ModelAddress.At && parse(text) instanceof ModelAddress.Named ? "./" + text : text);
    }

    static @Nullable String alsoOn(LoraSettings settings) {
        return settings.alsoOn().isEmpty()
                ? null
                : settings.alsoOn().stream().map(ModelKeys::write).collect(Collectors.joining(", ", "[", "]"));
    }

    static ModelAddress read(SettingsKeys keys) {
        boolean named = keys.given(SettingKey.MODEL_NAME);
        boolean placed = keys.given(SettingKey.MODEL_PATH);
        String name = keys.value(SettingKey.MODEL_NAME, Kind.TEXT, MISSING);
        String path = keys.value(SettingKey.MODEL_PATH, Kind.PATH, MISSING);
        Optional<URI> url = readUrl(keys);
        if (named && placed) {
            keys.report(SettingKey.MODEL_PATH, "is given beside model_name; expected one of them");
        } else if (!named && !placed) {
            keys.reportMissing(
                    SettingKey.MODEL_NAME,
                    "the name of a file in the folder model, without .safetensors, or instead "
                            + String.join(".", keys.layout().path(SettingKey.MODEL_PATH))
                            + " with the path of a model");
        } else if (placed && url.isPresent()) {
            keys.report(SettingKey.MODEL_URL, "has no effect without model_name, under which the download is kept");
        }
        try {
            return placed ? new ModelAddress.At(path) : new ModelAddress.Named(name, url);
        } catch (InvalidSettingException e) {
            keys.report(placed ? SettingKey.MODEL_PATH : SettingKey.MODEL_NAME, e.getMessage());
            return ModelAddress.named(MISSING);
        }
    }

    private static Optional<URI> readUrl(SettingsKeys keys) {
        if (!keys.given(SettingKey.MODEL_URL)) {
            return Optional.empty();
        }
        String text = keys.value(SettingKey.MODEL_URL, Kind.TEXT, "");
        try {
            return Optional.of(DownloadAddress.check(SettingKey.MODEL_URL.flat(), new URI(text.strip())));
        } catch (URISyntaxException e) {
            keys.report(SettingKey.MODEL_URL, PublicAddress.of(text), "an address of a download: " + e.getReason());
        } catch (InvalidSettingException e) {
            keys.report(SettingKey.MODEL_URL, e.getMessage());
        }
        return Optional.empty();
    }

    static @Nullable String name(LoraSettings settings) {
        return settings.model() instanceof ModelAddress.Named named ? ScalarText.text(named.name()) : null;
    }

    static @Nullable String url(LoraSettings settings) {
        return settings.model() instanceof ModelAddress.Named named
                ? named.url().map(url -> ScalarText.text(url.toString())).orElse(null)
                : null;
    }

    static @Nullable String path(LoraSettings settings) {
        return settings.model() instanceof ModelAddress.At at ? ScalarText.text(at.path()) : null;
    }
}
