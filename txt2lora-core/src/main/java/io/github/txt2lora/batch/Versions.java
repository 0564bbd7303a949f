package io.github.txt2lora.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What took part in a training, for its record. */
final class Versions {

    private Versions() {}

    static Map<String, String> current() {
        Map<String, String> versions = new LinkedHashMap<>();
        String own = Versions.class.getPackage().getImplementationVersion();
        versions.put("txt2lora", Objects.requireNonNullElse(own, "unpackaged"));
        versions.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        versions.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return versions;
    }
}
