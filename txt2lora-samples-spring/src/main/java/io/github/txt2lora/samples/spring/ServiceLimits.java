package io.github.txt2lora.samples.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The limits of the service for all its clients together; the properties {@code txt2lora.limits.*}.
 *
 * @param trainings that are queued or run at the same time
 * @param ended trainings that the database keeps after they have ended; older ones are forgotten, their LoRAs stay
 * @param loras that are stored
 * @param streams of events that are open at the same time
 * @param drawings that wait or are being drawn at the same time
 * @param pictures of one drawing
 * @param bodyBytes of a request that is no upload
 * @param upload size of a LoRA
 * @param iterations of a training
 */
@ConfigurationProperties("txt2lora.limits")
record ServiceLimits(
        @DefaultValue("20") int trainings,
        @DefaultValue("100") int ended,
        @DefaultValue("1000") int loras,
        @DefaultValue("50") int streams,
        @DefaultValue("4") int drawings,
        @DefaultValue("24") int pictures,
        @DefaultValue("16384") int bodyBytes,
        @DefaultValue("512MB") DataSize upload,
        @DefaultValue("10000") int iterations) {}
