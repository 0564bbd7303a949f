package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Path;

/**
 * A client's order.
 *
 * @param name the LoRA's name and the word that it teaches
 * @param look the tags that the word shall mean
 * @param iterations number of iterations
 */
record TrainingOrder(String name, String look, int iterations) {

    /**
     * The training that it asks for.
     *
     * @param mostIterations that are allowed
     * @throws InvalidSettingException if a part is missing or out of its range
     */
    LoraTraining on(ModelSource model, Path folder, int mostIterations) {
        if (iterations > mostIterations) {
            throw InvalidSettingException.of("iterations", iterations, "at most " + mostIterations);
        }
        return LoraTraining.builder()
                .name(name)
                .model(model)
                .prompt(PromptPair.enhance(name)
                        .positive(look)
                        .neutral("1girl")
                        .resolution(96)
                        .build())
                .spec(TrainingSpec.builder()
                        .iterations(iterations)
                        .learningRate(2e-3)
                        .method(method -> method.withRollout(rollout -> rollout.withSteps(12)))
                        .build())
                .output(folder)
                .build();
    }
}
