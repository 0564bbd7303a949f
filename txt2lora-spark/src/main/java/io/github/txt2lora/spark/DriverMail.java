package io.github.txt2lora.spark;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Hands messages of executors to the run that they belong to. Spark makes the plugin that receives them itself. */
final class DriverMail {

    private static final DriverMail OF_THIS_PROCESS = new DriverMail();

    private final Map<String, Consumer<Message>> runs = new ConcurrentHashMap<>();

    static DriverMail ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    void open(String run, Consumer<Message> receiver) {
        runs.put(run, receiver);
    }

    void close(String run) {
        runs.remove(run);
    }

    /** What comes after the end of a run is of no use any more. */
    void deliver(Message message) {
        runs.getOrDefault(message.run(), late -> {}).accept(message);
    }
}
