package io.github.txt2lora.spi;

import java.util.OptionalLong;

/**
 * The progress of a download.
 *
 * @param bytes downloaded bytes, including those of an earlier run
 * @param total size of the file in bytes; empty while unknown
 */
public record DownloadProgress(long bytes, OptionalLong total) {}
