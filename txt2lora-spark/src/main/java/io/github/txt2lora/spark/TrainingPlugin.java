package io.github.txt2lora.spark;

import java.util.Map;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;

/**
 * Brings events from the executors to the driver, and closes the engines when an executor ends. {@link SparkBatch} needs
 * it: set {@code spark.plugins} to the name of this class before the {@code SparkContext} starts.
 */
public final class TrainingPlugin implements SparkPlugin {

    /** Spark makes it by this constructor. */
    public TrainingPlugin() {}

    @Override
    public DriverPlugin driverPlugin() {
        return new DriverPlugin() {
            @Override
            public @Nullable Object receive(Object message) {
                DriverMail.ofThisProcess().deliver(Wire.read((byte[]) message, Message.class));
                return null;
            }
        };
    }

    @Override
    public ExecutorPlugin executorPlugin() {
        return new ExecutorPlugin() {
            @Override
            public void init(PluginContext context, Map<String, String> extraConf) {
                ExecutorRoom.ofThisProcess().connect(context);
            }

            @Override
            public void shutdown() {
                ExecutorRoom.ofThisProcess().close();
            }
        };
    }
}
