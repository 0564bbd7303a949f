/**
 * Trainings on a cluster of Apache Spark: {@link io.github.txt2lora.spark.SparkBatch} in an application,
 * {@link io.github.txt2lora.spark.SparkTrain} for {@code spark-submit}.
 *
 * <p><b>How a run proceeds.</b> The driver reads the settings, forms a task for each LoRA, or for each few on one model,
 * in the order of the models, and submits them as one job. A task trains as a batch on one machine does, by the engine
 * that its executor keeps open. Files go to storage that all nodes see; they are the only memory of a training, and the
 * same ones as on one machine: lock file, states, LoRA, record. So a task that Spark repeats resumes where the one before
 * it was lost, on whatever node, and a batch that was ended resumes on a cluster or on one machine.
 *
 * <p><b>What is a result and what a failure.</b> Whatever is wrong with a LoRA or a node is the outcome of that LoRA.
 * Only a task whose process ends fails, and Spark repeats it. The last attempt that Spark would make trains nothing more
 * but says that the LoRA has failed, since a job with one task that failed for good ends all others.
 *
 * <p><b>How events come back.</b> By a plugin of Spark, {@link io.github.txt2lora.spark.TrainingPlugin}. It sends them
 * over the connection that each executor has to the driver anyway: no port to open, Spark's own authentication and
 * encryption, in order, and at once. Accumulators come with the heartbeats, ten seconds apart, whole and again and again,
 * and those of a task that is lost never; files on the shared storage would have to be watched, and drives that are
 * mounted buckets cannot append. The price is one line of configuration, which {@code SparkTrain} sets itself and whose
 * lack {@code SparkBatch} tells. Events may be lost with an executor; outcomes are not, since they are the results of the
 * tasks as well.
 *
 * <p>Spark runs on the class path and not on the module path; so does this package.
 */
@NullMarked
package io.github.txt2lora.spark;

import org.jspecify.annotations.NullMarked;
