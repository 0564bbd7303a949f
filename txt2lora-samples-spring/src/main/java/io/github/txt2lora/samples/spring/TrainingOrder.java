package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.TrainingSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A client's order.
 *
 * @param name the LoRA's name and the word that it teaches
 * @param look the tags that the word shall mean
 * @param iterations number of iterations; if it is left out, the training chooses it
 */
record TrainingOrder(String name, String look, @Nullable Integer iterations) {

    /**
     * The training that it asks for.
     *
     * @param mostIterations that are allowed
     * @throws InvalidSettingException if a part is missing or out of its range
     */
    LoraTraining on(ModelSource model, Path folder, int mostIterations) {
        TrainingSpec.Builder spec = TrainingSpec.builder();
        if (iterations != null) {
            spec.iterations(iterations);
        }
        LoraTraining training = LoraTraining.builder()
                .name(name)
                .model(model)
                .prompt(PromptPair.enhance(name)
                        .positive(look)
                        .neutral("1girl")
                        .resolution(96)
                        .build())
                .spec(spec.build())
                .output(folder)
                .build();
        if (training.iterations() > mostIterations) {
            throw InvalidSettingException.of("iterations", training.iterations(), "at most " + mostIterations);
        }
        return training;
    }
}
