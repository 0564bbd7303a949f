package io.github.txt2lora.golden;

import java.nio.file.Path;

/** Where the recorded reference values lie. */
public final class Golden {

    private Golden() {}

    /** The folder of the system property {@code golden.dir}, else the test resources' own. */
    public static Path dir() {
        return Path.of(System.getProperty("golden.dir", "src/test/resources/golden"));
    }

    /** A file or folder by its path within {@link #dir()}. */
    public static Path file(String relative) {
        return dir().resolve(relative);
    }
}
