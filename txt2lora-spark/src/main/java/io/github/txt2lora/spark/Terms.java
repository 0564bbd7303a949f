package io.github.txt2lora.spark;

import io.github.txt2lora.EngineOptions;
import java.util.Optional;

/**
 * What all tasks of a run share.
 *
 * @param run identifies it
 * @param engine options of the engines
 * @param mostAttempts attempts to do a task, 1 or more
 * @param driver host of the driver
 * @param everyIteration whether the driver wants to know of every iteration
 * @param batch of LoRAs of a workspace; empty for trainings that belong to none
 */
record Terms(
        String run,
        EngineOptions engine,
        int mostAttempts,
        String driver,
        boolean everyIteration,
        Optional<BatchTerms> batch) {}
