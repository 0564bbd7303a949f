package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.LatentSource;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.LossWeighting;
import io.github.txt2lora.Preservation;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.TrainingEstimate;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.event.TrainingListener;
import io.github.txt2lora.image.GeneratedImage;
import io.github.txt2lora.image.ImageListener;
import io.github.txt2lora.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The service over real HTTP, with its own engine, which is spared what is sampled before the first iteration. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@DirtiesContext
class SpringBootServiceTrainingTest {

    @TempDir
    private static Path folder;

    @LocalServerPort
    private int port;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("txt2lora.folder", folder::toString);
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class ShortTrainings {

        @Bean
        static BeanPostProcessor shortening() {
            return new BeanPostProcessor() {
                @Override
                public Object postProcessAfterInitialization(Object bean, String name) {
                    return bean instanceof TrainingEngine engine ? new ShortTrainingEngine(engine) : bean;
                }
            };
        }
    }

    /** Trains by a method that costs little. */
    private record ShortTrainingEngine(TrainingEngine engine) implements TrainingEngine {

        private static LoraTraining shortened(LoraTraining training) {
            TrainingSpec spec = training.spec().toBuilder()
                    .learningRate(4e-3)
                    .method(method -> method.withLatents(LatentSource.noise())
                            .withLossWeighting(LossWeighting.uniform())
                            .withPreservation(Preservation.addingPrompts()))
                    .stopping(stopping -> stopping.withMeasureQuality(false))
                    .build();
            return training.toBuilder().spec(spec).build();
        }

        @Override
        public TrainingJob start(LoraTraining training, TrainingListener... listeners) {
            return engine.start(shortened(training), listeners);
        }

        @Override
        public TrainingEstimate estimate(LoraTraining training, int together) {
            return engine.estimate(training, together);
        }

        @Override
        public List<GeneratedImage> generate(ImageRequest request, ImageListener listener) {
            return engine.generate(request, listener);
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    @Test
    void trains_a_lora() throws IOException, InterruptedException {
        ServiceClient client = ServiceClient.of(port);
        String path = client.queue("krnkmd", 1);

        try (Stream<String> events = client.watch(path)) {
            assertThat(events.toList()).last().isEqualTo("data:{\"file\":\"krnkmd.safetensors\"}");
        }
        assertThat(folder.resolve("lora/krnkmd.safetensors")).isNotEmptyFile();
    }
}
