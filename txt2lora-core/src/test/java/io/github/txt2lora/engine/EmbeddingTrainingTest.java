package io.github.txt2lora.engine;

import static io.github.txt2lora.golden.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.TrainedLora;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.event.IterationFinished;
import io.github.txt2lora.event.StateRestored;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.text.ClipTokenizer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Textual-inversion embeddings whose vectors are the token embeddings of words, so that they mean what these mean. */
@Timeout(120)
class EmbeddingTrainingTest {

    private static final String WORDS = "silver hair";

    @RegisterExtension
    static final SharedEngine engine = new SharedEngine();

    @TempDir
    Path folder;

    private Path embeddings;

    @BeforeEach
    void createFolder() throws IOException {
        embeddings = Files.createDirectory(folder.resolve("embeddings"));
    }

    private Path write(String name, String words) {
        int[] ids = ClipTokenizer.load().encode(words);
        try (Checkpoint model = Checkpoint.open(Tiny.modelFile())) {
            TensorView tokens =
                    model.tensors(Component.TEXT_ENCODER).get("text_model.embeddings.token_embedding.weight");
            int width = Math.toIntExact(tokens.shape().get(1));
            float[] rows = new float[(ids.length - 2) * width];
            for (int i = 0; i < ids.length - 2; i++) {
                System.arraycopy(tokens.rows(ids[i + 1], ids[i + 1] + 1).toFloats(), 0, rows, i * width, width);
            }
            Path file = embeddings.resolve(name + ".safetensors");
            List<Long> shape = List.of(ids.length - 2L, (long) width);
            SafetensorsWriter.write(
                    file,
                    Map.of(),
                    List.of(new SafetensorsEntry(
                            "emb_params", ElementType.F32, shape, TensorView.of("emb_params", rows)::bytes)));
            return file;
        }
    }

    private LoraTraining training(String folderName, String positive) {
        TrainingSpec.Builder spec = Tiny.spec(2)
                .method(Tiny.keeping(new LatentSource.Noise(4, 700)))
                .modelUse(use -> use.withEmbeddings(embeddings))
                .saving(saving -> saving.withStates(StateSpec.everyIterations(1)));
        return Tiny.training(folder.resolve(folderName), spec)
                .prompts(List.of(PromptPair.enhance("krnkmd")
                        .positive(positive)
                        .neutral("1girl")
                        .resolution(64)
                        .build()))
                .build();
    }

    private static Map<String, float[]> numbers(TrainedLora lora) {
        Map<String, float[]> numbers = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(lora.file())) {
            file.tensors().forEach(tensor -> numbers.put(tensor.name(), tensor.toFloats()));
        }
        return numbers;
    }

    @Test
    void a_lora_learns_what_the_vectors_mean_and_a_state_of_other_vectors_is_not_gone_on_with() {
        Path file = write("Shiny", WORDS);
        write("other", "short hair");
        TrainedLora ofWords = engine.train(training("words", WORDS));
        LoraTraining training = training("vectors", "SHINY");

        TrainedLora ofVectors = engine.train(training);

        Map<String, float[]> expected = numbers(ofWords);
        assertThat(numbers(ofVectors)).usingRecursiveComparison().isEqualTo(expected);
        assertThat(ofWords.metadata()).doesNotContainKey("txt2lora.embeddings");
        assertThat(ofVectors.metadata())
                .containsEntry("txt2lora.embeddings", "[{\"name\":\"Shiny\",\"sha256\":\"" + Sha256.of(file) + "\"}]");

        write("Shiny", "short hair");
        TrainedLora changed = engine.train(training);
        assertThat(changed.warnings())
                .anySatisfy(warning -> assertThat(warning)
                        .containsPattern("is of another training: embedding Shiny is [0-9a-f]{64}, was [0-9a-f]{64}"));
        assertThat(numbers(changed)).usingRecursiveComparison().isNotEqualTo(expected);
    }

    @Test
    void trainings_with_embeddings_that_were_suspended_go_on_together() throws Exception {
        write("shiny", WORDS);
        write("dark", "black hair");
        List<LoraTraining> trainings = List.of(steady("first", "shiny"), steady("second", "dark"));
        List<TrainingJob> jobs = engine.startTogether(trainings, training -> new TrainingListener() {
            @Override
            public void onIteration(IterationFinished event) {
                if (event.iteration() == 2) {
                    engine.close();
                }
            }
        });
        for (TrainingJob job : jobs) {
            assertThat(job.completion()).failsWithin(Duration.ofMinutes(1));
        }
        engine.reopen();
        var log = new EventLog();

        jobs = engine.startTogether(trainings, training -> log);

        for (int i = 0; i < jobs.size(); i++) {
            Map<String, float[]> found = numbers(jobs.get(i).await());
            Map<String, float[]> alone = numbers(engine.train(trainings.get(i).toBuilder()
                    .output(folder.resolve("alone" + i))
                    .build()));
            assertThat(found).hasSameSizeAs(alone);
            alone.forEach(
                    (name, values) -> assertThatTensor(found.get(name)).as(name).isCloseTo(values, 1e-5, 1));
        }
        assertThat(log.events(StateRestored.class)).hasSize(2);
    }

    /** AdamW would make a step of a gradient that is nothing but rounding. */
    private LoraTraining steady(String folderName, String positive) {
        LoraTraining training = training(folderName, positive);
        return training.toBuilder()
                .spec(training.spec().toBuilder()
                        .iterations(4)
                        .optimizer(OptimizerSpec.sgd())
                        .learningRate(0.01)
                        .build())
                .build();
    }

    private BufferedImage draw(String prompt) {
        List<GeneratedImage> images = engine.generate(Tiny.picture()
                .prompt(prompt)
                .modelUse(use -> use.withEmbeddings(embeddings))
                .build());
        return images.get(0).image();
    }

    @Test
    void a_picture_shows_what_the_vectors_mean() {
        write("shiny", WORDS);

        assertThat(pixels(draw("1girl, (Shiny:1.4)"))).isEqualTo(pixels(draw("1girl, (" + WORDS + ":1.4)")));
    }

    private static int[] pixels(BufferedImage image) {
        return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    }

    @Test
    void a_file_that_cannot_be_used_is_refused_by_estimate_and_training() throws IOException {
        Files.writeString(embeddings.resolve("pickled.pt"), "PK");

        LoraTraining training = training("refused", "1girl, Pickled, cat");
        assertThatThrownBy(() -> engine.train(training))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("pickled.pt");
        assertThatThrownBy(() -> engine.estimate(training, 1))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Download the embedding as .safetensors");
    }
}
