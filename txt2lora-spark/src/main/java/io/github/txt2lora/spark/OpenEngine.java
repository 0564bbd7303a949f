package io.github.txt2lora.spark;

import io.github.txt2lora.TrainingEngine;
import io.github.txt2lora.batch.Batch;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine of an executor, and what goes with it; {@link #close} ends a use of it, and {@link #end} itself. */
final class OpenEngine implements AutoCloseable {

    private final TrainingEngine engine;
    private final LoraOperations operations;
    private final Map<Key, Batch> batches = new ConcurrentHashMap<>();
    private final AtomicInteger users = new AtomicInteger();

    OpenEngine(TrainingEngine engine, LoraOperations operations) {
        this.engine = engine;
        this.operations = operations;
    }

    private record Key(Path folder, Map<String, String> settings) {}

    TrainingEngine engine() {
        return engine;
    }

    /** Of a workspace always the same, which remembers the models that it has read. */
    Batch batch(Workspace workspace) {
        return batches.computeIfAbsent(
                new Key(workspace.folder(), workspace.settings()), key -> new Batch(workspace, engine, operations));
    }

    /** One that has given up: it trains nothing, and gets by without what an engine needs. */
    Batch batch(Workspace workspace, TrainingEngine other) {
        return new Batch(workspace, other, operations);
    }

    void use() {
        users.incrementAndGet();
    }

    boolean isUsed() {
        return users.get() > 0;
    }

    @Override
    public void close() {
        users.decrementAndGet();
    }

    void end() {
        engine.close();
        operations.close();
    }
}
