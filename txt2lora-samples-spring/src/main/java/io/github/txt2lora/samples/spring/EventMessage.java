package io.github.txt2lora.samples.spring;

import java.util.Map;

/**
 * An event as clients get it.
 *
 * @param name of the event
 * @param data written as JSON
 * @param isLast whether the training has ended with it
 */
record EventMessage(String name, Map<String, ?> data, boolean isLast) {}
