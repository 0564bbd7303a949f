package io.github.txt2lora.engine;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.LoraStart;
import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.internal.file.Sha256;
import io.github.txt2lora.lora.LoraAncestry;
import io.github.txt2lora.lora.StartingLora;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What is told of the LoRA that a training starts from.
 *
 * @param name of the file
 * @param sha256 of the whole file
 * @param ancestry as metadata tell it
 */
record StartFile(String name, String sha256, String ancestry) {

    /**
     * Reads a file.
     *
     * @param beforeRead runs now and then; its exceptions end the reading
     */
    static StartFile of(Path file, StartingLora lora, Runnable beforeRead) {
        String name = String.valueOf(file.getFileName());
        return new StartFile(
                name, Sha256.of(file, beforeRead), LoraAncestry.of(name, lora.modelHash(), lora.metadata()));
    }

    /** The file of a training, if it starts from one. */
    static Optional<Path> of(LoraTraining training) {
        return training.spec().method().start() instanceof LoraStart.FromLora from
                ? Optional.of(from.file())
                : Optional.empty();
    }

    /**
     * Checks that a training does not write the file that it starts from, be it through a link.
     *
     * @throws InvalidSettingException if it does
     */
    static void requireKept(LoraTraining training) {
        of(training)
                .ifPresent(file -> Stream.concat(Stream.of(training.loraFile()), LoraFiles.onTheWay(training))
                        .filter(written -> isSame(file, written))
                        .findFirst()
                        .ifPresent(written -> {
                            throw new InvalidSettingException("start is " + file + ", which this training writes itself"
                                    + (written.equals(file) ? "" : " as " + written)
                                    + "; expected another file. Copy it first, or give the new LoRA another name");
                        }));
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return one.toAbsolutePath()
                            .normalize()
                            .equals(other.toAbsolutePath().normalize())
                    || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
        } catch (IOException e) {
            // one that cannot be read says so when it is opened
            return false;
        }
    }
}
