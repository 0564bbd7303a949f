package io.github.txt2lora.spark;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;

/**
 * An attempt to do a task.
 *
 * @param number attempts before it, 0 or more
 * @param most attempts that there can be, 1 or more
 * @param host where it is done
 * @param resources resources of the task, by their names
 * @param killed whether Spark was asked to end it
 */
record Attempt(int number, int most, String host, Map<String, ResourceInformation> resources, BooleanSupplier killed) {

    static Attempt current(int most) {
        TaskContext context = TaskContext.get();
        return new Attempt(
                context.attemptNumber(),
                most,
                HostName.ofThisMachine(),
                context.resourcesJMap(),
                context::isInterrupted);
    }

    /** Whether the executor of an earlier one was lost. */
    boolean isRepeated() {
        return number > 0;
    }

    /** Whether the job would end with it. */
    boolean isLast() {
        return isRepeated() && number >= most - 1;
    }
}
