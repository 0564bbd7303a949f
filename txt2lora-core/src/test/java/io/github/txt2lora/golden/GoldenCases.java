package io.github.txt2lora.golden;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/** Makes a test of every recorded file of a topic. */
public final class GoldenCases {

    private GoldenCases() {}

    /** The files of a folder whose names end so, in the order of their names; none if the topic is absent. */
    public static List<Path> files(String folder, String suffix) {
        Path path = Golden.file(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One test for each file, or a single skipped one. */
    public static Stream<DynamicTest> each(String topic, List<Path> files, Consumer<Path> test) {
        if (files.isEmpty()) {
            return Stream.of(DynamicTest.dynamicTest(
                    topic, () -> Assumptions.abort("no reference data for " + topic + " in " + Golden.dir())));
        }
        return files.stream()
                .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> test.accept(file)));
    }

    /** The file's name without its last {@code suffix}. */
    public static String name(Path file, String suffix) {
        String name = file.getFileName().toString();
        return name.substring(0, name.length() - suffix.length());
    }
}
