package io.github.txt2lora.batch;

import io.github.txt2lora.internal.LibraryVersion;
import java.util.LinkedHashMap;
import java.util.Map;

/** The versions of everything that took part in a training, for its record. */
final class Versions {

    private Versions() {}

    static Map<String, String> current() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("txt2lora", LibraryVersion.number());
        versions.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }
}
