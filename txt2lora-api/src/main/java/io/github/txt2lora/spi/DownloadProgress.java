package io.github.txt2lora.spi;

import java.util.OptionalLong;

/**
 * How far a download has come.
 *
 * @param bytes bytes that are there, those of an earlier run included
 * @param total bytes of the whole file; empty while nobody knows
 */
public record DownloadProgress(long bytes, OptionalLong total) {}
