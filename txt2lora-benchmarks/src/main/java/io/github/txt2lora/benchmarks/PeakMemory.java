package io.github.txt2lora.benchmarks;

/**
 * The memory of a training. Written as JSON, so its components are names in a file.
 *
 * @param estimateMebibytes the estimate
 * @param peakMebibytes the most that the process had resident, all of the JVM included
 * @param way how the samples went through the network
 * @param seconds that the training took
 */
record PeakMemory(long estimateMebibytes, long peakMebibytes, String way, double seconds) {}
