package io.github.txt2lora.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.testing.FakeTrainingEngine;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mlflow.api.proto.Service.RunStatus;

/** Runs without an installation of MLflow. */
class FakeMlflowTest extends MlflowContract {

    private FakeMlflow mlflow;

    @BeforeEach
    void start() throws Exception {
        mlflow = new FakeMlflow();
    }

    @AfterEach
    void stop() {
        mlflow.close();
    }

    @Override
    URI address() {
        return mlflow.address();
    }

    @Test
    void a_server_that_is_away_for_a_while_gets_everything_later() {
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder().build()) {
            mlflow.beUnavailable(1);
            engine.train(training("krnkmd").build(), tracking.listener());
        }

        assertThat(history(onlyRun(), "loss")).hasSize(250);
        assertThat(onlyRun().getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
    }

    @Test
    void what_the_server_refuses_is_left_out_and_the_rest_is_sent() {
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine = FakeTrainingEngine.builder().build()) {
            mlflow.refuseParameters();
            engine.train(training("krnkmd").build(), tracking.listener());
        }

        assertThat(parameters(onlyRun())).isEmpty();
        assertThat(history(onlyRun(), "loss")).hasSize(250);
        assertThat(onlyRun().getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
    }

    @Test
    void artifacts_that_only_python_writes_are_left_out() {
        mlflow.artifactsAt("s3://bucket/");
        try (MlflowTracking tracking = open();
                FakeTrainingEngine engine =
                        FakeTrainingEngine.builder().writesFiles(true).build()) {
            engine.train(training("krnkmd").build(), tracking.listener());
        }

        assertThat(onlyRun().getInfo().getStatus()).isEqualTo(RunStatus.FINISHED);
        assertThat(mlflow.artifacts()).isEmpty();
    }

    @Test
    void requests_carry_the_token_or_the_login() {
        MlflowServer server = MlflowServer.at(address());
        MlflowTracking.open(server.withToken("secret"), "characters").close();
        MlflowTracking.open(server.withLogin("ann", "pass"), "characters").close();

        assertThat(mlflow.authorizations()).containsOnly("Bearer secret", "Basic YW5uOnBhc3M=");
    }

    @Test
    void an_address_without_a_server_is_told() {
        URI address = address();
        mlflow.close();

        assertThatThrownBy(() -> MlflowTracking.open(MlflowServer.at(address), "characters"))
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageStartingWith("no MLflow server answers at " + address)
                .hasMessageEndingWith("start one (mlflow server), or correct the address");
    }

    @Test
    void a_server_that_refuses_is_told() {
        mlflow.refuse(9);

        assertThatThrownBy(this::open)
                .isInstanceOf(Txt2LoraException.class)
                .hasMessageContaining("does not open the experiment")
                .hasMessageContaining("status 400")
                .hasMessageContaining("not accepted");
    }
}
