package io.github.txt2lora.samples.spring;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.ModelSource;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.StateSpec;
import io.github.txt2lora.StopRule;
import io.github.txt2lora.StoppingSpec;
import io.github.txt2lora.TrainingSpec;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A client's order.
 *
 * @param name the LoRA's name and the word that it teaches
 * @param look the tags that the word shall mean
 * @param neutral what is drawn without the look; by default {@code 1girl}
 * @param iterations number of iterations; if it is left out, the training chooses it
 * @param replace whether a LoRA of this name may be replaced; by default it may not
 */
record TrainingOrder(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "krnkmd")
        String name,

        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "black hair,maid uniform")
        String look,

        @Nullable String neutral,
        @Nullable Integer iterations,
        @Nullable Boolean replace) {

    static final String USUAL_NEUTRAL = "1girl";

    private static final int LONGEST_LOOK = 4000;
    private static final int LONGEST_NEUTRAL = 1000;

    /** Hardly a LoRA gets there: the rule is set so that the gap is measured on the way. */
    private static final double NOTHING_LEFT = 0.01;

    /**
     * The training that it asks for.
     *
     * @throws InvalidSettingException if a part is missing or out of its range
     */
    LoraTraining on(ModelSource model, ServiceSettings settings, ServiceLimits limits) {
        LoraTraining training = LoraTraining.builder()
                .name(name)
                .model(model)
                .prompt(PromptPair.enhance(name)
                        .positive(within("look", look, LONGEST_LOOK))
                        .neutral(within("neutral", neutralOrUsual(), LONGEST_NEUTRAL))
                        .resolution(settings.side())
                        .build())
                .spec(spec(settings))
                .output(settings.loras())
                .build();
        if (training.iterations() > limits.iterations()) {
            throw InvalidSettingException.of("iterations", training.iterations(), "at most " + limits.iterations());
        }
        return training;
    }

    private TrainingSpec spec(ServiceSettings settings) {
        TrainingSpec.Builder spec = TrainingSpec.builder()
                .saving(saving -> saving.withStates(StateSpec.every(settings.stateEvery())))
                .stopping(StoppingSpec.when(
                        StopRule.gapBelow(NOTHING_LEFT).withEveryIterations(settings.measureEvery())));
        return iterations == null ? spec.build() : spec.iterations(iterations).build();
    }

    /** The neutral prompt, given or usual. */
    String neutralOrUsual() {
        return neutral == null || neutral.isBlank() ? USUAL_NEUTRAL : neutral;
    }

    /** Whether a LoRA of this name may be replaced. */
    boolean replaces() {
        return Boolean.TRUE.equals(replace);
    }

    private static String within(String setting, @Nullable String text, int longest) {
        if (text == null || text.isBlank()) {
            throw InvalidSettingException.missing(setting, "give tags, such as black hair,maid uniform");
        }
        if (text.length() > longest) {
            throw InvalidSettingException.of(setting, text, "at most " + longest + " characters");
        }
        return text;
    }
}
