package io.github.txt2lora.internal;

import io.github.txt2lora.Txt2LoraException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;

/** Finds implementations on the class path. */
public final class ServiceDiscovery {

    private ServiceDiscovery() {}

    /**
     * The first implementation of a service. Asks the thread's class loader first and then the library's own, because
     * threads of a pool in an application server may carry a loader that does not see the application.
     *
     * @param what names the service in messages, for example {@code training engine}
     * @throws Txt2LoraException if there is none, or it does not load
     */
    public static <P> P find(Class<P> service, String what) {
        return find(service, what, provider -> false);
    }

    /**
     * As {@link #find(Class, String)}, but takes an implementation that stands in for another only if there is no
     * other.
     *
     * @param standsIn tells the implementations that do
     */
    public static <P> P find(Class<P> service, String what, Predicate<P> standsIn) {
        try {
            return first(ServiceLoader.load(service), standsIn)
                    .or(() -> first(ServiceLoader.load(service, service.getClassLoader()), standsIn))
                    .orElseThrow(() -> new Txt2LoraException("no " + what + " is on the class path; add the artifact"
                            + " io.github.txt2lora:txt2lora-core to the application's dependencies"));
        } catch (ServiceConfigurationError e) {
            throw new Txt2LoraException(
                    "the " + what + " on the class path cannot be loaded: " + e.getMessage()
                            + "; check that txt2lora-api and txt2lora-core have the same version",
                    e);
        }
    }

    private static <P> Optional<P> first(ServiceLoader<P> loader, Predicate<P> standsIn) {
        P standIn = null;
        for (P provider : loader) {
            if (!standsIn.test(provider)) {
                return Optional.of(provider);
            }
            standIn = standIn == null ? provider : standIn;
        }
        return Optional.ofNullable(standIn);
    }
}
