/** Trainings over HTTP, with Spring Boot. */
@NullMarked
package io.github.txt2lora.samples.spring;

import org.jspecify.annotations.NullMarked;
