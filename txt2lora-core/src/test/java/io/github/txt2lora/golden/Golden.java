package io.github.txt2lora.golden;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** The recorded reference values. */
public final class Golden {

    private Golden() {}

    /** The folder of the system property {@code golden.dir}, else the test resources' own. */
    public static Path dir() {
        String given = System.getProperty("golden.dir");
        return given == null ? resources() : Path.of(given);
    }

    private static Path resources() {
        URL folder = Objects.requireNonNull(Golden.class.getResource("/golden"), "no test resources named golden");
        try {
            return Path.of(folder.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(folder + " is no folder", e);
        }
    }

    /** A file or folder by its path within {@link #dir()}. */
    public static Path file(String relative) {
        return dir().resolve(relative);
    }
}
