package io.github.txt2lora.samples.spring;

import io.github.txt2lora.ModelSource;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.demo.DemoCheckpoint;
import io.github.txt2lora.ops.LoraOperations;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * A service that trains LoRAs, and keeps its trainings in a database. Trainings queue for the one engine and can be
 * watched, paused and cancelled; those that a restart interrupts go on. The page at {@code localhost:8080} does all of
 * this with buttons.
 *
 * <pre>{@code
 * curl -i localhost:8080/trainings -H 'Content-Type: application/json' \
 *     -d '{"name": "krnkmd", "look": "black hair,cat ears,maid uniform"}'
 * curl -N localhost:8080/trainings/1/events
 * curl -X DELETE localhost:8080/trainings/1
 * curl -O localhost:8080/loras/krnkmd/file
 * curl localhost:8080/actuator/metrics/txt2lora.training
 * }</pre>
 *
 * <p>{@link ServiceSettings} and {@link ServiceLimits} list the settings; docs/service.md explains them. A request that
 * the service does not take on is answered with one sentence in the form of RFC 9457.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties({ServiceSettings.class, ServiceLimits.class})
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
    LoraOperations operations() {
        return LoraOperations.open();
    }

    @Bean
    ModelSource model(ServiceSettings settings) {
        Path model = settings.model();
        if (model == null) {
            return DemoCheckpoint.copyTo(settings.models());
        }
        return Files.isDirectory(model) ? ModelSource.folder(model) : ModelSource.file(model);
    }
}
