package io.github.txt2lora.mlflow;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URI;
import org.junit.jupiter.api.BeforeAll;

/** Against a server that runs: {@code -Dtest=RealMlflowTest -Dmlflow.address=http://localhost:5000}. */
class RealMlflowTest extends MlflowContract {

    private static String address = "";

    @BeforeAll
    static void findServer() {
        address = System.getProperty("mlflow.address", "");
        assumeThat(address)
                .as("set -Dmlflow.address=http://localhost:5000 for these tests")
                .isNotEmpty();
    }

    @Override
    URI address() {
        return URI.create(address);
    }
}
