package io.github.txt2lora.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Memory;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.checkpoint.StableDiffusion;
import io.github.txt2lora.event.SettingsChosen;
import io.github.txt2lora.family.Families;
import io.github.txt2lora.family.FamilyProfile;
import io.github.txt2lora.testing.EventLog;
import io.github.txt2lora.torch.Torch;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which networks are on the device when another one comes. */
@Timeout(120)
class DeviceSharingTest {

    @TempDir
    Path folder;

    /** What is about to be loaded, and the number of networks and optimizers that are there already. */
    private final List<String> loads = new CopyOnWriteArrayList<>();

    private DjlTrainingEngine engine(Memory memory) {
        Device device = Device.parse(System.getProperty("txt2lora.device", "auto"));
        return new DjlTrainingEngine(
                EngineOptions.builder().device(device).threads(1).memory(memory).build(),
                Families.standard().with(recorded()));
    }

    private FamilyProfile recorded() {
        FamilyProfile sd1 = Families.standard().profiles().stream()
                .filter(profile -> profile.family().equals(StableDiffusion.SD1))
                .findFirst()
                .orElseThrow();
        return (FamilyProfile) Proxy.newProxyInstance(
                FamilyProfile.class.getClassLoader(),
                new Class<?>[] {FamilyProfile.class},
                (proxy, method, arguments) -> {
                    if (method.getName().matches("promptEncoder|load.*")) {
                        loads.add(method.getName() + " beside "
                                + ((Torch) arguments[0]).nativeUse().modules());
                    }
                    try {
                        return method.invoke(sd1, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void all_prompts_of_a_group_are_encoded_and_the_encoders_gone_before_the_denoiser_comes() throws Exception {
        try (DjlTrainingEngine engine = engine(Memory.AUTO)) {
            for (TrainingJob job : engine.startTogether(List.of(
                    Tiny.training(folder, 1).toBuilder().name("first").build(),
                    Tiny.training(folder, 1).toBuilder().name("second").build()))) {
                job.await();
            }
        }

        assertThat(loads).containsExactly("promptEncoder beside 0", "promptEncoder beside 0", "loadDenoiser beside 0");
    }

    @Test
    void the_decoder_comes_for_images_alone_when_optimizers_are_gone() {
        try (DjlTrainingEngine engine = engine(Memory.AUTO)) {
            var lora = engine.train(Tiny.training(folder, 1));
            engine.generate(Tiny.picture().lora(lora.file(), 1).build());
        }

        assertThat(loads)
                .containsExactly(
                        "promptEncoder beside 0",
                        "loadDenoiser beside 0",
                        "promptEncoder beside 1",
                        "loadDecoder beside 1");
    }

    @Test
    void the_way_through_the_network_is_told() {
        var log = new EventLog();
        try (DjlTrainingEngine engine = engine(Memory.SAVE)) {
            engine.start(Tiny.training(folder, 1), log)
                    .completion()
                    .toCompletableFuture()
                    .join();
        }

        assertThat(log.events(SettingsChosen.class))
                .singleElement()
                .satisfies(
                        event -> assertThat(event.reason())
                                .contains(
                                        "samples of a step go through the network all at once, recomputed, as memory SAVE asks"));
    }
}
