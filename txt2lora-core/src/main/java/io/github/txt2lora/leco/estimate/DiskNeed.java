package io.github.txt2lora.leco.estimate;

import io.github.txt2lora.NonFinitePolicy;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.TrainingSpec;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.internal.file.StorageFailure;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The space that the files of a training take on the disk, at the most at one time.
 *
 * @param loraBytes the LoRA, those saved on the way, and one more while a file is written beside the one that it
 *     replaces
 * @param stateBytes the two states that are kept, and one more while it is written
 */
public record DiskNeed(long loraBytes, long stateBytes) {

    private static final int FLOAT_BYTES = 4;

    /** For headers, records and the blocks of file systems. */
    private static final long MARGIN = 1 << 20;

    /** Of a training of so many parameters and iterations, whose optimizer is chosen. */
    public static DiskNeed of(long parameters, TrainingSpec spec, int iterations) {
        double loras = 2
                + (spec.saving().everyIterations() > 0
                        ? iterations / spec.saving().everyIterations()
                        : 0);
        int bytes = spec.saving().precision() == Precision.FP32 ? FLOAT_BYTES : FLOAT_BYTES / 2;
        double states = spec.saving().states().isWritten() ? 3 : 0;
        double copies = spec.nonFinitePolicy() instanceof NonFinitePolicy.Fail ? 1 : 2;
        double numbers = copies * (1 + numbersPerParameter(spec.optimizer().orElseThrow()));
        return new DiskNeed((long) (loras * (parameters * (double) bytes + MARGIN)), (long)
                (states * (parameters * numbers * FLOAT_BYTES + MARGIN)));
    }

    /** Numbers that an optimizer stores for each parameter. */
    static int numbersPerParameter(OptimizerSpec optimizer) {
        if (optimizer instanceof OptimizerSpec.Prodigy) {
            return 4;
        } else if (optimizer instanceof OptimizerSpec.AdamW || optimizer instanceof OptimizerSpec.Adam) {
            return 2;
        } else if (optimizer instanceof OptimizerSpec.Sgd sgd && sgd.momentum() == 0) {
            return 0;
        }
        return 1;
    }

    /** Both together. */
    public long bytes() {
        return loraBytes + stateBytes;
    }

    /**
     * Passes if there is room for it, or if it is unknown.
     *
     * @param present bytes that files of this training take already
     * @throws StorageException if there is not; the message says how much is missing, and what takes it
     */
    public void requireSpaceIn(Path folder, long present) {
        OptionalLong space = StorageFailure.spaceIn(folder);
        long missing = bytes() - present;
        if (space.isPresent() && space.getAsLong() < missing) {
            throw new StorageException("the disk of " + folder + " has " + ByteSize.text(space.getAsLong())
                    + " left; expected " + ByteSize.text(missing) + ": " + ByteSize.text(loraBytes)
                    + " for the LoRA and what is written beside it, " + ByteSize.text(stateBytes)
                    + " for its states. Free some space, choose a folder on another disk, or a lower rank");
        }
    }
}
