package io.github.txt2lora.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** Settings that come before those of the files. */
final class SettingOptions {

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting that overrides the file, such as train_lr=1e-3 or preview_places=[kitchen,"
                    + " beach]. Repeatable.")
    private Map<String, String> settings = new LinkedHashMap<>();

    /** The texts by key. */
    Map<String, String> values() {
        return settings;
    }
}
