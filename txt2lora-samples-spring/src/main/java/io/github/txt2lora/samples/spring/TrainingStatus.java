package io.github.txt2lora.samples.spring;

import io.github.txt2lora.JobState;
import io.github.txt2lora.TrainingJob;
import io.github.txt2lora.TrainingProgress;

/**
 * The status of a training, for clients.
 *
 * @param id its number
 * @param name the LoRA's name
 * @param state state of the job
 * @param iteration iterations made so far
 * @param iterations iterations asked for
 */
record TrainingStatus(long id, String name, JobState state, int iteration, int iterations) {

    static TrainingStatus of(long id, TrainingJob job) {
        TrainingProgress progress = job.progress();
        return new TrainingStatus(id, job.training().name(), job.state(), progress.iteration(), progress.iterations());
    }
}
