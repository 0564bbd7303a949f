package io.github.txt2lora.samples.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The limits of the service for all its clients together; the properties {@code txt2lora.limits.*}.
 *
 * @param trainings that are queued or run at the same time
 * @param ended trainings that can still be asked for after they have ended; older ones are forgotten
 * @param streams of events that are open at the same time
 * @param bodyBytes of a request
 * @param iterations of a training
 */
@ConfigurationProperties("txt2lora.limits")
record ServiceLimits(
        @DefaultValue("20") int trainings,
        @DefaultValue("100") int ended,
        @DefaultValue("50") int streams,
        @DefaultValue("16384") int bodyBytes,
        @DefaultValue("10000") int iterations) {}
