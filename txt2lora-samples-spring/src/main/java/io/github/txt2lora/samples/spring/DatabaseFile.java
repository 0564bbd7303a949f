package io.github.txt2lora.samples.spring;

import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.jdbc.JdbcConnectionDetails;
import org.springframework.stereotype.Component;

/**
 * The database where no {@code spring.datasource.url} names another: an H2 file in the folder of the service. Its writes
 * are in the file when a request is answered ({@code WRITE_DELAY=0}), so that nothing is lost if the process is killed.
 */
@Component
@ConditionalOnProperty(name = "spring.datasource.url", matchIfMissing = true, havingValue = "none given")
final class DatabaseFile implements JdbcConnectionDetails {

    private final String url;

    DatabaseFile(ServiceSettings settings) {
        this.url = "jdbc:h2:file:" + settings.folder().toAbsolutePath().resolve("database")
                + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    @Override
    public String getUsername() {
        return "sa";
    }

    @Override
    public String getPassword() {
        return "";
    }

    @Override
    public String getJdbcUrl() {
        return url;
    }
}
