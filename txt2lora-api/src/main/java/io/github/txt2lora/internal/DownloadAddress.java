package io.github.txt2lora.internal;

import io.github.txt2lora.InvalidSettingException;
import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/** The rules for addresses that models are downloaded from. */
public final class DownloadAddress {

    private static final String EXAMPLE = "an absolute address such as https://example.org/model.safetensors";

    /** Names and numbers that never leave the machine. */
    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[(::1|0:0:0:0:0:0:0:1)\\]", Pattern.CASE_INSENSITIVE);

    private static final Pattern HUGGING_FACE_PATH = Pattern.compile("/[^/]+/.*[^/]");

    private DownloadAddress() {}

    /** Returns the address, or rejects it; a message does not show what may be secret. */
    public static URI check(String setting, URI url) {
        Check.given(setting, url);
        boolean valid = switch (scheme(url)) {
            case "https" -> url.getHost() != null;
            case "http" -> url.getHost() != null && rejectFarHttp(setting, url);
            case "hf" ->
                url.getRawAuthority() != null
                        && HUGGING_FACE_PATH.matcher(url.getRawPath()).matches();
            case "file" -> isPath(url);
            default -> false;
        };
        if (!valid) {
            throw InvalidSettingException.of(setting, PublicAddress.of(url), EXAMPLE);
        }
        if (url.getRawUserInfo() != null) {
            throw new InvalidSettingException(
                    setting + " " + PublicAddress.of(url) + " holds a user's name or password;"
                            + " leave it out, and name the environment variable of an access token where the site needs one");
        }
        return url;
    }

    private static boolean rejectFarHttp(String setting, URI url) {
        if (!isLoopback(url)) {
            throw InvalidSettingException.of(
                    setting,
                    PublicAddress.of(url),
                    "https, because with http anybody on the way can put another file in the place of the model");
        }
        return true;
    }

    private static boolean isPath(URI url) {
        try {
            return Path.of(url).getFileName() != null;
        } catch (IllegalArgumentException | FileSystemNotFoundException e) {
            return false;
        }
    }

    /** Whether it is a file of this machine. */
    public static boolean isFile(URI url) {
        return scheme(url).equals("file");
    }

    /** Whether it is this machine, reached through its own network alone. */
    public static boolean isLoopback(URI url) {
        return url.getHost() != null && LOOPBACK.matcher(url.getHost()).matches();
    }

    /** In lower case; empty if there is none. */
    public static String scheme(URI url) {
        return Objects.requireNonNullElse(url.getScheme(), "").toLowerCase(Locale.ROOT);
    }
}
