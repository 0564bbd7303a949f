package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The README and the pages under docs. */
class DocumentationTest {

    private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern CLASS = Pattern.compile("public (?:final )?class (\\w+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** A program around lines that are not a whole one. */
    private static final String FRAGMENT = """
            import io.github.txt2lora.*;
            import io.github.txt2lora.batch.*;
            import io.github.txt2lora.event.*;
            import io.github.txt2lora.image.*;
            import io.github.txt2lora.mlflow.*;
            import io.github.txt2lora.ops.*;
            import io.github.txt2lora.testing.*;
            import io.github.txt2lora.workspace.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;

            abstract class %s {
                TrainingEngine engine;
                ModelSource model;
                LoraTraining training;
                List<LoraTraining> trainings;
                TrainingListener listener;
                ImageRequest request;

                Object run() throws Exception {
            %s
                    return null;
                }
            }
            """;

    @TempDir
    private Path folder;

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(Path.of("docs"))) {
            List<Path> pages = docs.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
            return Stream.concat(Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")), pages.stream());
        }
    }

    @Test
    void readme_has_a_whole_program() throws IOException {
        assertThat(javaIn(Path.of("README.md"))).anyMatch(code -> code.startsWith("import "));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void java_compiles(Path page) throws IOException {
        List<JavaFileObject> sources = new ArrayList<>();
        for (String code : javaIn(page)) {
            sources.add(source(code, "Fragment" + sources.size()));
        }
        if (!sources.isEmpty()) {
            compile(sources);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void links_lead_somewhere(Path page) throws IOException {
        List<String> broken = new ArrayList<>();
        Matcher links = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
        while (links.find()) {
            String link = links.group(1);
            if (!link.startsWith("http") && !isThere(page, link)) {
                broken.add(link);
            }
        }

        assertThat(broken).as("links of %s", page).isEmpty();
    }

    private static boolean isThere(Path page, String link) throws IOException {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    /** The names that GitHub gives to headings. */
    private static Set<String> anchors(Path page) throws IOException {
        return HEADING.matcher(CODE.matcher(Files.readString(page)).replaceAll(""))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static List<String> javaIn(Path page) throws IOException {
        return JAVA.matcher(Files.readString(page))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    private static JavaFileObject source(String code, String name) {
        Matcher program = CLASS.matcher(code);
        boolean isProgram = code.startsWith("import ") && program.find();
        String file = isProgram ? program.group(1) : name;
        String text = isProgram ? code : FRAGMENT.formatted(name, code);
        return new SimpleJavaFileObject(URI.create("string:///" + file + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
    }

    private void compile(List<JavaFileObject> sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-d", folder.toString(), "--class-path", System.getProperty("java.class.path"));
            boolean compiled = compiler.getTask(messages, files, null, options, null, sources)
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }
}
