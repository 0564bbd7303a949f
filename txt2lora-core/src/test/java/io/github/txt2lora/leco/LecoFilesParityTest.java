package io.github.txt2lora.leco;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.golden.Golden;
import io.github.txt2lora.workspace.LecoConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files with which LECO itself was run, compared with what a plain YAML parser finds in them. */
@Tag("parity")
class LecoFilesParityTest {

    private static final String CONFIG = ".config.yaml";

    @TempDir
    Path base;

    @TestFactory
    Stream<DynamicTest> reads_the_files_of_every_sd1_run() throws IOException {
        Path folder = Golden.file("leco");
        assumeTrue(Files.isDirectory(folder), "no recorded trainings");
        List<Path> configs;
        try (Stream<Path> files = Files.list(folder)) {
            configs = files.filter(LecoFilesParityTest::isSd1Config).sorted().toList();
        }
        assumeTrue(!configs.isEmpty(), "no recorded trainings on SD 1.x");
        return configs.stream().map(config -> dynamicTest(config.getFileName().toString(), () -> check(config)));
    }

    private static boolean isSd1Config(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(CONFIG) && name.contains("sd1");
    }

    private void check(Path file) throws IOException {
        Map<?, ?> config = (Map<?, ?>) parse(file);
        Map<?, ?> network = (Map<?, ?>) config.get("network");
        Map<?, ?> train = (Map<?, ?>) config.get("train");
        Map<?, ?> save = (Map<?, ?>) config.get("save");
        LecoConfigFile read = LecoConfigFile.read(file);
        Path model = Files.createDirectories(base.resolve(read.model()));

        LoraTraining training = read.toTraining(base);

        assertThat(training.name()).isEqualTo(save.get("name"));
        assertThat(training.model()).isEqualTo(ModelSource.folder(model));
        assertThat(training.output()).isEqualTo(base.resolve((String) save.get("path")));
        assertThat(training.iterations()).isEqualTo(train.get("iterations"));
        assertThat(training.spec().learningRate().orElseThrow()).isEqualTo(train.get("lr"));
        assertThat(training.spec()
                        .method()
                        .latents()
                        .rolloutSpec()
                        .orElseThrow()
                        .steps())
                .isEqualTo(train.get("max_denoising_steps"));
        assertThat(training.optimizer().getClass().getSimpleName())
                .isEqualToIgnoringCase((String) train.get("optimizer"));
        assertThat(training.spec().learningRateSchedule().getClass().getSimpleName())
                .isEqualToIgnoringCase(((String) train.get("lr_scheduler")).replace("_", ""));
        assertThat(training.spec().lora().rank().orElseThrow()).isEqualTo(network.get("rank"));
        assertThat(training.spec().lora().alpha()).isEqualTo(network.get("alpha"));
        assertThat(training.spec().lora().type().name()).isEqualToIgnoringCase((String) network.get("type"));
        assertThat(training.spec().lora().target().name())
                .isEqualToIgnoringCase((String) network.get("training_method"));
        checkPrompts(training, (List<?>) parse(read.promptsFile()));
    }

    private static void checkPrompts(LoraTraining training, List<?> entries) {
        assertThat(training.prompts()).hasSameSizeAs(entries);
        for (int i = 0; i < entries.size(); i++) {
            Map<?, ?> entry = (Map<?, ?>) entries.get(i);
            assertThat(training.prompts().get(i))
                    .hasFieldOrPropertyWithValue("target", entry.get("target"))
                    .hasFieldOrPropertyWithValue("positive", entry.get("positive"))
                    .hasFieldOrPropertyWithValue("unconditional", entry.get("unconditional"))
                    .hasFieldOrPropertyWithValue("neutral", entry.get("neutral"))
                    .hasFieldOrPropertyWithValue("guidanceScale", entry.get("guidance_scale"))
                    .hasFieldOrPropertyWithValue("resolution", entry.get("resolution"))
                    .hasFieldOrPropertyWithValue("batchSize", entry.get("batch_size"))
                    .hasFieldOrPropertyWithValue(
                            "dynamicResolution", Boolean.TRUE.equals(entry.get("dynamic_resolution")));
            assertThat(training.prompts().get(i).action().name()).isEqualToIgnoringCase((String) entry.get("action"));
        }
    }

    private static Object parse(Path file) {
        try {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
