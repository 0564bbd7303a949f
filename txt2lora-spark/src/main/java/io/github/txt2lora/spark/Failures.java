package io.github.txt2lora.spark;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingCancelledException;
import io.github.txt2lora.TrainingFailedException;
import io.github.txt2lora.Txt2LoraException;
import java.util.Map;
import java.util.function.Function;

/** Failures on executors, as an application sees them. */
final class Failures {

    private static final Map<String, Function<String, Txt2LoraException>> MADE_BY = Map.of(
            CheckpointException.class.getName(), CheckpointException::new,
            InvalidSettingException.class.getName(), InvalidSettingException::new,
            StorageException.class.getName(), StorageException::new,
            TrainingCancelledException.class.getName(), TrainingCancelledException::new,
            TrainingFailedException.class.getName(), TrainingFailedException::new);

    private Failures() {}

    /** A failure of the API's type of this name; a general one if the name is that of an engine's own. */
    static Txt2LoraException of(String type, String message) {
        return MADE_BY.getOrDefault(type, Txt2LoraException::new).apply(message);
    }

    /** The same with the host where it happened, which is where it can be mended. */
    static Txt2LoraException onHost(Txt2LoraException failure, String host) {
        Txt2LoraException told = of(failure.getClass().getName(), "on the host " + host + ": " + failure.getMessage());
        told.setStackTrace(failure.getStackTrace());
        return told;
    }

    /** What nobody expected, so that it ends one LoRA and not the whole job. */
    static Txt2LoraException unexpected(Throwable failure) {
        return new Txt2LoraException("unexpected " + failure + "; the log of the executor has more", failure);
    }
}
