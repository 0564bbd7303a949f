package io.github.txt2lora.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.InvalidSettingException;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlflowServerTest {

    @ParameterizedTest
    @ValueSource(strings = {"localhost:5000", "file:/mlruns", "http:///experiments", "mlruns", "databricks"})
    void rejects_an_address_that_is_none_of_a_web_server(String address) {
        assertThatThrownBy(() -> MlflowServer.from(Map.of("MLFLOW_TRACKING_URI", address)))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("expected a web address such as http://localhost:5000");
    }

    @Test
    void rejects_an_address_with_a_password_and_does_not_show_it() {
        assertThatThrownBy(() -> MlflowServer.at(URI.create("http://ann:secret@localhost:5000")))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("withLogin")
                .hasMessageNotContaining("secret");
    }

    @Test
    void rejects_token_and_login_together() {
        MlflowServer server =
                MlflowServer.at(URI.create("http://localhost:5000")).withToken("secret");

        assertThatThrownBy(() -> server.withLogin("ann", "pass"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("token and login are both set");
    }

    @Test
    void is_found_as_by_the_clients_of_mlflow() {
        assertThat(MlflowServer.from(Map.of("MLFLOW_TRACKING_URI", " https://mlflow.example/sub/ ")))
                .isEqualTo(MlflowServer.at(URI.create("https://mlflow.example/sub/")))
                .hasToString("https://mlflow.example/sub");
        assertThat(MlflowServer.from(Map.of(
                                "MLFLOW_TRACKING_URI", "http://localhost:5000",
                                "MLFLOW_TRACKING_TOKEN", "secret"))
                        .token())
                .contains("secret");
        assertThat(MlflowServer.from(Map.of(
                                "MLFLOW_TRACKING_URI", "http://localhost:5000",
                                "MLFLOW_TRACKING_USERNAME", "ann",
                                "MLFLOW_TRACKING_PASSWORD", "pass"))
                        .login())
                .contains(new MlflowServer.Login("ann", "pass"));
    }

    @Test
    void an_environment_without_a_server_is_told() {
        assertThatThrownBy(() -> MlflowServer.from(Map.of()))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("MLFLOW_TRACKING_URI is not set");
    }

    @Test
    void shows_no_secrets() {
        MlflowServer server = MlflowServer.at(URI.create("http://localhost:5000"));

        assertThat(server.withToken("secret").toString() + server.withLogin("ann", "pass"))
                .doesNotContain("secret", "pass");
    }
}
