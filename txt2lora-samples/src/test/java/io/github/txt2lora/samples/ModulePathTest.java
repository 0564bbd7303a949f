package io.github.txt2lora.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtEngine;
import com.drew.metadata.exif.ExifIFD0Directory;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import com.sun.jna.Native;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.engine.DjlTrainingEngineProvider;
import io.github.txt2lora.mlflow.MlflowTracking;
import io.github.txt2lora.testing.FakeTrainingEngine;
import java.io.File;
import java.io.StringWriter;
import java.lang.module.FindException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.XYChart;
import org.mlflow.tracking.MlflowClient;
import org.slf4j.Logger;
import org.yaml.snakeyaml.Yaml;

/** An application that has a module descriptor. */
class ModulePathTest {

    private static final List<Class<?>> OURS = List.of(
            TrainingEngine.class,
            Batch.class,
            DjlTrainingEngineProvider.class,
            DemoCheckpoint.class,
            MlflowTracking.class,
            FakeTrainingEngine.class);

    /** Those that the descriptors of our modules name, and those that these name in turn. */
    private static final List<Class<?>> REQUIRED = List.of(
            NDArray.class,
            PtEngine.class,
            ObjectMapper.class,
            JsonParser.class,
            JsonCreator.class,
            TomlMapper.class,
            NullMarked.class,
            Logger.class,
            Yaml.class,
            XYChart.class,
            ExifIFD0Directory.class,
            MlflowClient.class,
            Native.class);

    @TempDir
    private Path folder;

    @Test
    void trains_with_the_required_libraries_on_the_module_path() throws Exception {
        Set<Path> required = Stream.concat(OURS.stream(), REQUIRED.stream())
                .map(ModulePathTest::placeOf)
                .collect(toSet());

        trains(classPath().collect(partitioningBy(required::contains)));
    }

    @Test
    void trains_with_all_libraries_on_the_module_path_that_java_has_a_name_for() throws Exception {
        trains(classPath().collect(partitioningBy(ModulePathTest::canBeAModule)));
    }

    @Test
    void native_libraries_of_pytorch_cannot_be_modules() {
        Path libraries = classPath()
                .filter(path -> path.getFileName().toString().startsWith("pytorch-native-"))
                .findFirst()
                .orElseThrow();

        assertThatThrownBy(() -> ModuleFinder.of(libraries).findAll())
                .isInstanceOf(FindException.class)
                .hasStackTraceContaining("Invalid module name");
    }

    /** The descriptors name them so: an update that brings another name has to change these. */
    @Test
    void libraries_without_a_descriptor_have_the_names_that_ours_require() {
        assertThat(Stream.of(NDArray.class, PtEngine.class, XYChart.class, ExifIFD0Directory.class, MlflowClient.class)
                        .map(ModulePathTest::moduleOf))
                .allMatch(ModuleDescriptor::isAutomatic)
                .extracting(ModuleDescriptor::name)
                .containsExactly("ai.djl.api", "ai.djl.pytorch_engine", "xchart", "com.drew.metadata", "mlflow.client");
    }

    @Test
    void modules_export_what_is_meant_for_users() {
        assertThat(exported(TrainingEngine.class))
                .containsExactlyInAnyOrder(
                        "io.github.txt2lora",
                        "io.github.txt2lora.event",
                        "io.github.txt2lora.image",
                        "io.github.txt2lora.ops",
                        "io.github.txt2lora.spi");
        assertThat(exported(Batch.class))
                .containsExactlyInAnyOrder("io.github.txt2lora.batch", "io.github.txt2lora.workspace");
        assertThat(exported(FakeTrainingEngine.class)).containsExactly("io.github.txt2lora.testing");
        assertThat(exported(MlflowTracking.class)).containsExactly("io.github.txt2lora.mlflow");
        assertThat(exported(DemoCheckpoint.class)).containsExactly("io.github.txt2lora.demo");
        assertThat(exported(DjlTrainingEngineProvider.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.github.txt2lora.internal.Check",
                "io.github.txt2lora.internal.file.AtomicFile",
                "io.github.txt2lora.engine.DjlTrainingEngineProvider"
            })
    void application_with_a_module_descriptor_does_not_see_internals(String type) throws Exception {
        Path curious = Files.writeString(
                folder.resolve("Curious.java"), "package modular; class Curious { " + type + " internal; }");

        assertThat(messagesOfCompiling(
                        classPath().filter(ModulePathTest::canBeAModule).toList(), curious))
                .contains("is not visible");
    }

    private void trains(Map<Boolean, List<Path>> pathsByModule) throws Exception {
        List<Path> modules = pathsByModule.get(true);
        assertThat(messagesOfCompiling(modules, sources().resolve("modular/ModularApplication.java")))
                .isEmpty();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djava.awt.headless=true",
                        "--module-path",
                        paths(Stream.concat(modules.stream(), Stream.of(folder.resolve("application")))),
                        "--class-path",
                        paths(pathsByModule.get(false).stream()),
                        "--module",
                        "modular/modular.ModularApplication",
                        folder.resolve("workspace").toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(printed).isZero();
        assertThat(printed).contains("module io.github.txt2lora.core");
        assertThat(folder.resolve("workspace/lora/krnkmd/krnkmd.safetensors"))
                .as(printed)
                .isNotEmptyFile();
    }

    /** Compiles a source file as part of the application; without messages, the classes are in the folder. */
    private String messagesOfCompiling(List<Path> modules, Path source) throws Exception {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var messages = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none",
                    "--module-path",
                    paths(modules.stream()),
                    "-d",
                    folder.resolve("application").toString());
            compiler.getTask(
                            messages,
                            files,
                            null,
                            options,
                            null,
                            files.getJavaFileObjects(sources().resolve("module-info.java"), source))
                    .call();
        }
        return messages.toString();
    }

    private static Path sources() throws URISyntaxException {
        return Path.of(ModulePathTest.class.getResource("/modular").toURI());
    }

    private static Stream<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of);
    }

    private static boolean canBeAModule(Path path) {
        try {
            return !ModuleFinder.of(path).findAll().isEmpty();
        } catch (FindException e) {
            return false;
        }
    }

    private static Stream<String> exported(Class<?> member) {
        return moduleOf(member).exports().stream()
                .filter(exports -> !exports.isQualified())
                .map(Exports::source);
    }

    private static ModuleDescriptor moduleOf(Class<?> member) {
        return ModuleFinder.of(placeOf(member)).findAll().stream()
                .map(ModuleReference::descriptor)
                .findFirst()
                .orElseThrow();
    }

    private static Path placeOf(Class<?> member) {
        try {
            return Path.of(
                    member.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static String paths(Stream<Path> paths) {
        return paths.map(Path::toString).collect(joining(File.pathSeparator));
    }
}
