package io.github.txt2lora.samples.spring;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * A service that trains LoRAs of the demo checkpoint. Trainings queue for the one engine and can be watched and
 * cancelled:
 *
 * <pre>{@code
 * curl -i localhost:8080/trainings -H 'Content-Type: application/json' \
 *     -d '{"name": "krnkmd", "look": "black hair,cat ears,maid uniform"}'
 * curl -N localhost:8080/trainings/1/events
 * curl -X DELETE localhost:8080/trainings/1
 * curl localhost:8080/actuator/metrics/txt2lora.training
 * }</pre>
 *
 * <p>The property {@code txt2lora.folder} says where models and LoRAs go; by default {@code service}. What the service
 * takes on is limited, by {@link ServiceLimits}: it answers 429 when too many trainings are queued, 413 to a body that
 * is too long, and 503 when too many clients watch, each with a sentence in the form of RFC 9457.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(ServiceLimits.class)
public class SpringBootService {

    /** Starts the service. */
    public static void main(String[] args) {
        SpringApplication.run(SpringBootService.class, args);
    }

    /** The engine, which Spring closes at the end; trainings under way are then suspended. */
    @Bean
    TrainingEngine engine() {
        return TrainingEngine.open();
    }

    @Bean
    ModelSource model(@Value("${txt2lora.folder:service}") Path folder) {
        return DemoCheckpoint.copyTo(folder);
    }
}
