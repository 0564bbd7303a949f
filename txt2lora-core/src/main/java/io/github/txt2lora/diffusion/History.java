package io.github.txt2lora.diffusion;

import ai.djl.ndarray.NDArray;
import io.github.txt2lora.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;

/** The previous steps that a multistep scheduler needs. Owns these arrays and closes them when they are too old. */
final class History {

    private final SchedulerConfig config;
    private final int length;
    private final List<NDArray> newestFirst = new ArrayList<>();
    private int nextStep;

    /**
     * Starts empty.
     *
     * @param length number of steps to keep, the current one included
     */
    History(SchedulerConfig config, int length) {
        this.config = config;
        this.length = length;
    }

    /** Rejects a step that is not the next one. */
    void begin(int step) {
        config.checkedStep(step);
        if (step != nextStep) {
            throw new InvalidSettingException(config.kind() + " takes its steps in order, once; found step " + step
                    + ", expected " + (nextStep == config.steps() ? "none after the last" : "step " + nextStep));
        }
        nextStep++;
    }

    void add(NDArray array) {
        newestFirst.add(0, array);
        if (newestFirst.size() > length) {
            newestFirst.remove(length).close();
        }
    }

    /** The array of the current step (0) or of that many steps before. */
    NDArray get(int stepsBack) {
        return newestFirst.get(stepsBack);
    }

    int size() {
        return newestFirst.size();
    }

    /** Forgets everything once the last step is taken. */
    void end() {
        if (nextStep == config.steps()) {
            newestFirst.forEach(NDArray::close);
            newestFirst.clear();
        }
    }
}
