package io.github.txt2lora.event;

/**
 * The training has chosen the settings that were left to it, see
 * {@link io.github.txt2lora.TrainingSpec.Builder#iterations(int)},
 * {@link io.github.txt2lora.TrainingSpec.Builder#learningRate(double)},
 * {@link io.github.txt2lora.TrainingSpec.Builder#optimizer(io.github.txt2lora.OptimizerSpec)} and
 * {@link io.github.txt2lora.LoraSpec.Builder#rank(int)}.
 *
 * @param iterations most iterations that it makes, set or chosen
 * @param learningRate the full learning rate, set or chosen
 * @param reason a sentence that says what was chosen and why
 */
public record SettingsChosen(int iterations, double learningRate, String reason) implements TrainingEvent {

    @Override
    public void deliverTo(TrainingListener listener) {
        listener.onSettingsChosen(this);
    }
}
