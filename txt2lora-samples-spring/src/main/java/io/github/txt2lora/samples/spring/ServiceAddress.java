package io.github.txt2lora.samples.spring;

import java.net.InetAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.server.ConfigurableServletWebServerFactory;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;

/** Binds to this machine alone where there is no access token, whatever {@code server.address} says. */
@Component
final class ServiceAddress implements WebServerFactoryCustomizer<ConfigurableServletWebServerFactory>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceAddress.class);

    private final ServiceSettings settings;

    ServiceAddress(ServiceSettings settings) {
        this.settings = settings;
    }

    @Override
    public void customize(ConfigurableServletWebServerFactory server) {
        if (settings.accessToken().isEmpty()) {
            LOG.warn("There is no access token, so only this machine is served (localhost). Set txt2lora.token, or the"
                    + " environment variable TXT2LORA_TOKEN, to serve others.");
            server.setAddress(InetAddress.getLoopbackAddress());
        }
    }

    /** After Spring's own, which sets {@code server.address}. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }
}
