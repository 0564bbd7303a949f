package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.testing.FakeLoraOperations;
import io.github.txt2lora.testing.FakeStates;
import io.github.txt2lora.testing.FakeTrainingEngine;
import io.github.txt2lora.testing.TrainingScript;
import io.github.txt2lora.testing.VirtualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** What a service that is stopped and started again still knows, with a fake engine. */
class ServiceRestartTest {

    private final VirtualClock clock = VirtualClock.stopped();
    private final FakeStates states = new FakeStates();

    @TempDir
    private Path folder;

    private ServletWebServerApplicationContext start() {
        var application = new SpringApplication(SpringBootService.class);
        application.setAllowBeanDefinitionOverriding(true);
        application.addInitializers((ApplicationContextInitializer<GenericApplicationContext>) context -> {
            context.addBeanFactoryPostProcessor(factory -> {
                var registry = (BeanDefinitionRegistry) factory;
                registry.removeBeanDefinition("engine");
                registry.removeBeanDefinition("operations");
                context.registerBean("engine", TrainingEngine.class, this::engine);
                context.registerBean(
                        "operations",
                        LoraOperations.class,
                        () -> FakeLoraOperations.builder().build());
            });
        });
        return (ServletWebServerApplicationContext)
                application.run("--server.port=0", "--txt2lora.folder=" + folder, "--txt2lora.measure-every=1");
    }

    private TrainingEngine engine() {
        return FakeTrainingEngine.builder()
                .clock(clock)
                .states(states)
                .script(TrainingScript.smooth().iterationTime(Duration.ofMinutes(1)))
                .build();
    }

    private static ServiceClient clientOf(ServletWebServerApplicationContext service) {
        return ServiceClient.of(service.getWebServer().getPort());
    }

    @Test
    void trainings_go_on_after_a_restart_and_wishes_are_kept() throws IOException, InterruptedException {
        String running;
        String waiting;
        String paused;
        try (ServletWebServerApplicationContext first = start()) {
            ServiceClient client = clientOf(first);
            running = client.queue("krnkmd", 4);
            waiting = client.queue("tyankmk", 4);
            paused = client.queue("krnkkao", 4);
            client.put(paused + "/pause", new byte[0]);
            clock.advance(Duration.ofMinutes(2));
            assertThat(client.get(running).body()).contains("\"iteration\":2", "\"state\":\"RUNNING\"");
        }

        try (ServletWebServerApplicationContext second = start()) {
            ServiceClient client = clientOf(second);
            assertThat(client.get(running).body()).contains("\"iteration\":2", "\"iterations\":4");
            clock.advance(Duration.ofMinutes(1));
            assertThat(client.get(running).body()).contains("\"iteration\":3", "\"resumedFrom\":2");
            try (Stream<String> events = client.watch(waiting)) {
                clock.advance(Duration.ofMinutes(9));
                assertThat(events.toList()).contains("event:finished");
            }
            assertThat(client.get(running).body()).contains("\"state\":\"FINISHED\"", "\"resumedFrom\":2");
            assertThat(client.get(waiting).body())
                    .contains("\"state\":\"FINISHED\"")
                    .doesNotContain("resumedFrom");
            assertThat(client.get(paused).body()).contains("\"state\":\"PAUSED\"", "\"iteration\":0");
            assertThat(client.get(running + "/curve").body())
                    .containsOnlyOnce("\"iteration\":2")
                    .contains("\"iteration\":4");

            assertThat(client.delete(paused + "/pause").statusCode()).isEqualTo(202);
            clock.advance(Duration.ofMinutes(4));
            assertThat(client.get(paused).body()).contains("\"state\":\"FINISHED\"");
            assertThat(List.of(running, waiting, paused))
                    .containsExactly("/trainings/1", "/trainings/2", "/trainings/3");
        }
    }
}
