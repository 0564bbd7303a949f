package io.github.txt2lora.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraSpec;
import io.github.txt2lora.ModelUse;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.RolloutSpec;
import io.github.txt2lora.SavingSpec;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StoppingSpec;
import io.github.txt2lora.TimestepRange;
import io.github.txt2lora.TrainingMethod;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.TrainingFingerprint;
import io.github.txt2lora.ops.ResizeSpec;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of settings agrees with the builders, the fingerprints and the documentation. */
class SettingKeyTest {

    private static final String UPDATE = "./mvnw -B -ntp -q -pl txt2lora-workspace -am test -Dtest=SettingKeyTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.update=true";

    private static final String MADE = ": the table is made from the code; the test that compares them says how -->\n";

    private static final String END = "<!-- end -->";

    /** Records whose components are settings, or records among these. */
    private static final List<Class<? extends Record>> GROUPS = List.of(
            TrainingSpec.class,
            TrainingMethod.class,
            TimestepRange.class,
            RolloutSpec.class,
            LoraSpec.class,
            ModelUse.class,
            SavingSpec.class,
            StateSpec.class,
            StoppingSpec.class,
            StopRule.class,
            ResizeSpec.class,
            PreviewSettings.class);

    private static final LoraSettings DEFAULTS = LoraSettings.of("name", ModelAddress.named("model"));

    private static final LoraSettings WITH_ROLLOUTS =
            DEFAULTS.withSpec(TrainingSpec.leco().build());

    static Stream<Arguments> components() {
        return GROUPS.stream()
                .flatMap(group -> Arrays.stream(group.getRecordComponents())
                        .filter(component -> !GROUPS.contains(component.getType()))
                        .map(component -> Arguments.of(group.getSimpleName() + "." + component.getName())));
    }

    @ParameterizedTest
    @MethodSource("components")
    void every_component_in_java_is_in_the_table(String property) {
        assertThat(SettingKey.values()).extracting(SettingKey::property).contains(property);
    }

    @Test
    void every_group_is_reached_from_a_training_or_its_lora() {
        Set<Class<?>> reached = GROUPS.stream()
                .flatMap(group -> Arrays.stream(group.getRecordComponents()))
                .map(RecordComponent::getType)
                .filter(type -> type.isRecord() && type.getPackageName().equals("io.github.txt2lora"))
                .collect(Collectors.toSet());

        assertThat(reached)
                .isSubsetOf(Stream.concat(GROUPS.stream(), Stream.of(Preservation.class))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void says_what_it_means_and_what_holds_without_it(SettingKey key) {
        assertThat(key.says()).isNotBlank().doesNotEndWith(".");
        assertThat(defaultOf(key)).isNotBlank();
    }

    @Test
    void keys_paths_and_aliases_are_each_of_one_setting() {
        List<String> names = Arrays.stream(SettingKey.values())
                .flatMap(key -> Stream.of(key.flat(), key.alias(), String.join(".", key.leco())))
                .filter(name -> !name.isEmpty())
                .toList();

        assertThat(names).doesNotHaveDuplicates();
        names.forEach(name -> assertThat(SettingKey.ofName(name)).isPresent());
    }

    @ParameterizedTest
    @EnumSource
    void affects_the_result_just_if_it_is_in_the_fingerprint(SettingKey key) {
        if (key.part() == SettingPart.TRAINING) {
            List<Boolean> changes = IntStream.range(0, 60)
                    .mapToObj(seed -> changesFingerprint(
                            key,
                            new RandomProjects(seed).next("one").settings().spec(),
                            new RandomProjects(seed + 1000)
                                    .next("other")
                                    .settings()
                                    .spec()))
                    .flatMap(Optional::stream)
                    .toList();
            assertThat(changes).isNotEmpty().containsOnly(key.affectsResult());
        }
    }

    /** Whether a training becomes another one with a setting of that; empty if it cannot have it. */
    private static Optional<Boolean> changesFingerprint(SettingKey key, TrainingSpec one, TrainingSpec other) {
        Map<SettingKey, String> texts = texts(one);
        key.details().forEach(texts::remove);
        String before = texts.get(key);
        String after = texts(other).get(key);
        if (before == null || after == null || before.equals(after)) {
            return Optional.empty();
        }
        // what is left to the training may become the same
        if (before.equals("auto") || after.equals("auto")) {
            return Optional.empty();
        }
        try {
            Map<String, String> fingerprint = fingerprint(read(texts));
            texts.put(key, after);
            return Optional.of(!fingerprint.equals(fingerprint(read(texts))));
        } catch (InvalidSettingException contradictsOtherSettings) {
            return Optional.empty();
        }
    }

    private static TrainingSpec read(Map<SettingKey, String> texts) {
        String yaml = texts.entrySet().stream()
                .map(entry -> entry.getKey().flat() + ": " + entry.getValue() + "\n")
                .collect(Collectors.joining("", "model_name: tiny\n", ""));
        return SettingsDocument.parse(Path.of("name.yaml"), yaml).settings().spec();
    }

    private static Map<SettingKey, String> texts(TrainingSpec spec) {
        Map<SettingKey, String> texts = SettingsDocument.write(DEFAULTS.withSpec(spec), SettingsLayout.FLAT);
        texts.keySet().removeIf(key -> key.part() != SettingPart.TRAINING);
        return texts;
    }

    private static Map<String, String> fingerprint(TrainingSpec spec) {
        return TrainingFingerprint.of(spec, List.of(PromptPair.preserve("1girl").build()), "abc");
    }

    static Stream<Arguments> tables() {
        return Stream.of(
                Arguments.of(
                        "docs/workspace.md",
                        "<!-- prompts",
                        Arrays.stream(PromptKey.values())
                                .map(key -> "| `" + key.key() + "` | " + key.unset() + " |\n")
                                .collect(Collectors.joining("", "| Key | Default |\n|---|---|\n", ""))),
                Arguments.of(
                        "docs/workspace.md",
                        "<!-- settings",
                        table("| Key | Value | Default |\n|---|---|---|\n", SettingKeyTest::workspaceRow)
                                + "\nThe learned weights do not depend on "
                                + Arrays.stream(SettingKey.values())
                                        .filter(key -> !key.affectsResult())
                                        .map(key -> "`" + key.flat() + "`")
                                        .collect(Collectors.joining(", "))
                                + ".\n"),
                Arguments.of(
                        "docs/settings.md",
                        "<!-- settings",
                        table("| In Java | Key | Default | Meaning |\n|---|---|---|---|\n", SettingKeyTest::javaRow)));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void documentation_has_the_table(String file, String marker, String table) throws IOException {
        Path path = Path.of(file);
        String document = Files.readString(path);
        int begin = document.indexOf(marker + MADE) + (marker + MADE).length();
        String expected =
                document.substring(0, begin) + "\n" + table + "\n" + document.substring(document.indexOf(END, begin));
        if (Boolean.getBoolean("docs.update")) {
            Files.write(path, expected.getBytes(UTF_8));
        } else {
            assertThat(document).as("run " + UPDATE).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void documentation_maps_every_key_of_leco(SettingKey key) throws IOException {
        if (!key.leco().isEmpty()) {
            assertThat(Files.readString(Path.of("docs/coming-from.md")).lines())
                    .anyMatch(line -> line.startsWith("|")
                            && line.contains("`" + String.join(".", key.leco()) + "`")
                            && line.contains("`" + key.flat() + "`"));
        }
    }

    private static String table(String head, Function<SettingKey, String> row) {
        return Arrays.stream(SettingKey.values()).map(row).collect(Collectors.joining("", head, ""));
    }

    private static String workspaceRow(SettingKey key) {
        return "| `" + key.flat() + "` | " + key.says() + " | " + defaultOf(key) + " |\n";
    }

    private static String javaRow(SettingKey key) {
        return key.part() == SettingPart.TRAINING
                ? "| `" + key.property() + "` | `" + key.flat() + "` | " + defaultOf(key) + " | " + key.says() + " |\n"
                : "";
    }

    private static String defaultOf(SettingKey key) {
        return key.unset().isEmpty()
                ? key.write(DEFAULTS, SettingsLayout.FLAT)
                        .or(() -> key.write(WITH_ROLLOUTS, SettingsLayout.FLAT))
                        .map(text -> "`" + text.replace("\"", "") + "`")
                        .orElse("")
                : key.unset();
    }
}
