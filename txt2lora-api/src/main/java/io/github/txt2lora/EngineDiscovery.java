package io.github.txt2lora;

import io.github.txt2lora.spi.TrainingEngineProvider;
import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the engine on the class path. */
final class EngineDiscovery {

    private EngineDiscovery() {}

    /**
     * Asks the thread's class loader first and then the library's own, because threads of a pool in an application
     * server may carry a loader that does not see the application.
     */
    static TrainingEngineProvider find() {
        try {
            return first(ServiceLoader.load(TrainingEngineProvider.class))
                    .or(() -> first(ServiceLoader.load(
                            TrainingEngineProvider.class, TrainingEngineProvider.class.getClassLoader())))
                    .orElseThrow(() -> new Txt2LoraException("no training engine is on the class path; add the artifact"
                            + " io.github.txt2lora:txt2lora-core to the application's dependencies"));
        } catch (ServiceConfigurationError e) {
            throw new Txt2LoraException(
                    "the training engine on the class path cannot be loaded: " + e.getMessage()
                            + "; check that txt2lora-api and txt2lora-core have the same version",
                    e);
        }
    }

    private static Optional<TrainingEngineProvider> first(ServiceLoader<TrainingEngineProvider> loader) {
        Iterator<TrainingEngineProvider> providers = loader.iterator();
        return providers.hasNext() ? Optional.of(providers.next()) : Optional.empty();
    }
}
