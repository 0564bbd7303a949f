/** Tracks trainings and batches in MLflow. */
@SuppressWarnings("requires-automatic") // MLflow's client has no descriptor
module io.github.txt2lora.mlflow {
    requires transitive io.github.txt2lora.api;
    requires transitive io.github.txt2lora.workspace;
    requires java.net.http;
    // From the name of its jar. ModulePathTest fails when a version brings a name of its own.
    requires mlflow.client;
    requires org.slf4j;
    requires static org.jspecify;

    exports io.github.txt2lora.mlflow;
}
