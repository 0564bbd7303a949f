package io.github.txt2lora.spark;

import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.ops.LoraOperations;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.api.plugin.PluginContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tasks of one executor share: the way to the driver, and for each device an engine, whose base model stays
 * loaded from one task to the next. Spark makes tasks and plugins itself and lets none of them meet, so that they find
 * it by a constant.
 */
final class ExecutorRoom {

    private static final Logger LOG = LoggerFactory.getLogger(ExecutorRoom.class);

    private static final ExecutorRoom OF_THIS_PROCESS = new ExecutorRoom(TrainingEngine::open, LoraOperations::open);

    /** Opens the operations on LoRAs. */
    interface Operations {
        LoraOperations open();
    }

    private final Function<EngineOptions, TrainingEngine> engines;
    private final Operations operations;
    private final Map<EngineOptions, OpenEngine> open = new HashMap<>();
    private volatile @Nullable PluginContext driver;

    ExecutorRoom(Function<EngineOptions, TrainingEngine> engines, Operations operations) {
        this.engines = engines;
        this.operations = operations;
    }

    static ExecutorRoom ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** The driver can be told from now on. */
    void connect(PluginContext context) {
        driver = context;
    }

    /**
     * Tells the driver. What is lost, as a driver that has ended, is not worth a training. Not synchronized: an engine
     * that is being closed waits for the listeners that call this.
     */
    void tell(Message message) {
        PluginContext context = driver;
        if (context == null) {
            return;
        }
        try {
            context.send(Wire.write(message));
        } catch (IOException | RuntimeException e) {
            LOG.warn("the driver cannot be told of {}: {}", message.key(), e.toString());
        }
    }

    /**
     * An engine with these options, which others may use too. Engines with other options on the same device are closed
     * first, unless somebody uses them.
     *
     * @throws Txt2LoraException if it cannot start
     */
    synchronized OpenEngine engine(EngineOptions options) {
        closeUnused(options);
        OpenEngine engine = open.get(options);
        if (engine == null) {
            engine = new OpenEngine(engines.apply(options), operations.open());
            open.put(options, engine);
        }
        engine.use();
        return engine;
    }

    private void closeUnused(EngineOptions wanted) {
        Iterator<Map.Entry<EngineOptions, OpenEngine>> others = open.entrySet().iterator();
        while (others.hasNext()) {
            Map.Entry<EngineOptions, OpenEngine> other = others.next();
            if (!other.getKey().equals(wanted)
                    && other.getKey().device().equals(wanted.device())
                    && !other.getValue().isUsed()) {
                others.remove();
                other.getValue().end();
            }
        }
    }

    /** The executor ends: trainings keep their states. */
    synchronized void close() {
        open.values().forEach(OpenEngine::end);
        open.clear();
        driver = null;
    }
}
