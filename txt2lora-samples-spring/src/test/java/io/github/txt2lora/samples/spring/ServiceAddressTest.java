package io.github.txt2lora.samples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;

class ServiceAddressTest {

    private static InetAddress addressWith(String token) throws UnknownHostException {
        var server = new TomcatServletWebServerFactory();
        server.setAddress(InetAddress.getByName("192.0.2.1"));
        var properties = new MapConfigurationPropertySource(Map.of("txt2lora.token", token));
        new ServiceAddress(new Binder(properties).bindOrCreate("txt2lora", ServiceSettings.class)).customize(server);
        return server.getAddress();
    }

    @Test
    void without_a_token_the_service_binds_to_this_machine_alone() throws UnknownHostException {
        assertThat(addressWith(" ").isLoopbackAddress()).isTrue();
    }

    @Test
    void with_a_token_it_binds_to_the_address_of_the_settings() throws UnknownHostException {
        assertThat(addressWith("correct horse").getHostAddress()).isEqualTo("192.0.2.1");
    }
}
