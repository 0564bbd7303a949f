package io.github.txt2lora.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** A cluster on this machine, whose executors are processes of their own with the class path of the test. */
final class TestCluster {

    private static final int MEMORY_MIB = 1024;

    private TestCluster() {}

    /** Starts executors with one core each. */
    static SparkContext start(int executors) throws IOException {
        // where workers look for Spark's own jars; here the class path has them
        Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
        return new SparkContext(new SparkConf()
                .setMaster("local-cluster[" + executors + ",1," + MEMORY_MIB + "]")
                .setAppName("test")
                .set("spark.plugins", TrainingPlugin.class.getName())
                .set("spark.ui.enabled", "false")
                .set("spark.executor.memory", "768m")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executorEnv.OMP_WAIT_POLICY", "passive"));
    }
}
