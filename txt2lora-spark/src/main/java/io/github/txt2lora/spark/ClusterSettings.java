package io.github.txt2lora.spark;

import io.github.txt2lora.InvalidSettingException;
import java.util.Arrays;
import org.apache.spark.SparkConf;

/**
 * The settings of Spark that matter here.
 *
 * @param mostAttempts attempts to do a task before Spark gives the job up, 1 or more
 */
record ClusterSettings(int mostAttempts) {

    private static final String PLUGINS = "spark.plugins";
    private static final String SPECULATION = "spark.speculation";
    private static final String GPUS = "spark.task.resource.gpu.amount";
    private static final String ATTEMPTS = "spark.task.maxFailures";

    /**
     * Reads them.
     *
     * @throws InvalidSettingException if one of them does not go with trainings
     */
    static ClusterSettings of(SparkConf conf) {
        String plugins = conf.get(PLUGINS, "");
        if (!Arrays.asList(plugins.split("\\s*,\\s*", -1)).contains(TrainingPlugin.class.getName())) {
            throw InvalidSettingException.of(
                    PLUGINS,
                    plugins,
                    TrainingPlugin.class.getName() + ", which brings events from the executors to the driver: give it"
                            + " to the configuration before the SparkContext starts");
        }
        if (conf.getBoolean(SPECULATION, false)) {
            throw InvalidSettingException.of(
                    SPECULATION, true, "false: two tasks would train the same LoRA into the same files");
        }
        double gpus = conf.getDouble(GPUS, 0);
        if (gpus > 1) {
            throw InvalidSettingException.of(
                    GPUS, conf.get(GPUS), "1, or less for several tasks on one GPU: a training computes on one");
        }
        return new ClusterSettings(conf.getInt(ATTEMPTS, 4));
    }
}
