package io.github.txt2lora.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.engine.DjlTrainingEngineProvider;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that has a module descriptor. */
class ModulePathTest {

    @TempDir
    private Path folder;

    @Test
    void application_with_a_module_descriptor_compiles_and_trains() throws Exception {
        List<Path> modules = List.of(
                module("io.github.txt2lora.api", TrainingEngine.class),
                module("io.github.txt2lora.workspace", Batch.class),
                module("io.github.txt2lora.core", DjlTrainingEngineProvider.class),
                module("io.github.txt2lora.demo", DemoCheckpoint.class));
        Path application = folder.resolve("application");
        compile(modules, application);

        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Djava.awt.headless=true",
                        "--module-path",
                        paths(Stream.concat(modules.stream(), Stream.of(application))),
                        "--class-path",
                        paths(otherLibraries()),
                        "--module",
                        "modular/modular.ModularApplication",
                        folder.resolve("workspace").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());

        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).contains("module io.github.txt2lora.core");
        assertThat(folder.resolve("workspace/lora/krnkmd/krnkmd.safetensors"))
                .as(printed)
                .isNotEmptyFile();
    }

    /** The module of a class as a jar; a build that does not package yet has only the folder with its classes. */
    private Path module(String name, Class<?> member) throws IOException, URISyntaxException {
        Path place = placeOf(member);
        if (Files.isRegularFile(place)) {
            return place;
        }
        Path jar = folder.resolve(name + ".jar");
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Automatic-Module-Name", name);
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out, manifest);
                Stream<Path> files = Files.walk(place)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                entries.putNextEntry(
                        new JarEntry(place.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, entries);
            }
        }
        return jar;
    }

    private static Path placeOf(Class<?> member) throws URISyntaxException {
        return Path.of(
                member.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static void compile(List<Path> modules, Path classes) throws IOException, URISyntaxException {
        Path sources = Path.of(ModulePathTest.class.getResource("/modular").toURI());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("--module-path", paths(modules.stream()), "-d", classes.toString());
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjects(
                                    sources.resolve("module-info.java"),
                                    sources.resolve("modular/ModularApplication.java")))
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
        }
    }

    /** Everything but the modules, which the application finds on its class path. */
    private static Stream<Path> otherLibraries() throws URISyntaxException {
        List<Path> modules = new ArrayList<>();
        for (Class<?> member :
                List.of(TrainingEngine.class, Batch.class, DjlTrainingEngineProvider.class, DemoCheckpoint.class)) {
            modules.add(placeOf(member));
        }
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !modules.contains(path));
    }

    private static String paths(Stream<Path> paths) {
        return paths.map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }
}
