package io.github.txt2lora.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The version of this library, which the build writes beside this class: manifests are lost where jars are merged. */
public final class LibraryVersion {

    private static final String RESOURCE = "version.txt";

    private LibraryVersion() {}

    /** For example {@code 1.2.0}. */
    public static String number() {
        try (InputStream in = Objects.requireNonNull(LibraryVersion.class.getResourceAsStream(RESOURCE))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
