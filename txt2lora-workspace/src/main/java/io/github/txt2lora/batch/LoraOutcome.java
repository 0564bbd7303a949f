package io.github.txt2lora.batch;

import io.github.txt2lora.LoraQuality;
import io.github.txt2lora.Txt2LoraException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** The outcome of one LoRA of a batch. */
public sealed interface LoraOutcome {

    /** The LoRA's name. */
    String name();

    /** One line for people. */
    String summary();

    /**
     * The LoRA is finished.
     *
     * @param name the LoRA's name
     * @param file the LoRA
     * @param record its record, also written beside it as {@code NAME.json}
     * @param trained whether it was trained now, rather than only resized or drawn again
     * @param duration time that this batch spent on it
     */
    record Finished(String name, Path file, LoraRecord record, boolean trained, Duration duration)
            implements LoraOutcome {

        @Override
        public String summary() {
            return (trained ? "trained: " : "trained earlier, completed now: ") + file + (trained ? quality() : "");
        }

        private String quality() {
            LoraQuality quality = record.training().quality();
            return quality == null || Double.isNaN(quality.gap())
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            " (gap %.0f %%, drift %.0f %%%s)",
                            100 * quality.gap(),
                            100 * quality.drift(),
                            quality.recognitions().isEmpty() ? "" : ", recognized: " + quality.recognized());
        }
    }

    /**
     * The LoRA was finished before, with the same settings and the same model, and was left as it is.
     *
     * @param name the LoRA's name
     * @param file the LoRA
     * @param record its record
     */
    record Skipped(String name, Path file, LoraRecord record) implements LoraOutcome {

        @Override
        public String summary() {
            return "finished earlier with the same settings: " + file;
        }
    }

    /**
     * The LoRA could not be made.
     *
     * @param name the LoRA's name
     * @param failure why
     */
    record Failed(String name, Txt2LoraException failure) implements LoraOutcome {

        @Override
        public String summary() {
            return "failed: " + failure.getMessage();
        }
    }

    /**
     * The batch was interrupted before the LoRA was finished. The next run resumes where this one stopped.
     *
     * @param name the LoRA's name
     * @param begun whether its training had started
     */
    record Interrupted(String name, boolean begun) implements LoraOutcome {

        @Override
        public String summary() {
            return begun ? "interrupted; the next run resumes it" : "not begun";
        }
    }
}
