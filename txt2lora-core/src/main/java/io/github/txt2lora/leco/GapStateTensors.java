package io.github.txt2lora.leco;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a {@link GapState} lies in a state file; there is nothing of it in the file of a training without measurements. */
final class GapStateTensors {

    /** Iteration and gap in turn. */
    private static final String GAPS = "gaps";

    private static final String BEST = "best_parameters";

    private GapStateTensors() {}

    static void put(GapState state, List<TensorView> tensors) {
        float[] best = state.bestParameters();
        if (best == null) {
            return;
        }
        List<Double> numbers = new ArrayList<>();
        state.gaps().forEach(gap -> numbers.addAll(List.of((double) gap.iteration(), gap.gap())));
        tensors.add(TrainingStateFile.doubles(GAPS, numbers));
        tensors.add(TrainerStateTensors.floats(BEST, best));
    }

    static GapState take(SafetensorsFile file) {
        Optional<TensorView> gaps = file.find(GAPS);
        if (gaps.isEmpty()) {
            return GapState.NONE;
        }
        return new GapState(gaps(file, gaps.get()), file.tensor(BEST).toFloats());
    }

    private static List<Gap> gaps(SafetensorsFile file, TensorView tensor) {
        ByteBuffer bytes = tensor.bytes();
        if (tensor.type() != ElementType.F64 || bytes.remaining() % (2 * Double.BYTES) != 0) {
            throw new CheckpointException(
                    file.path() + " holds gaps " + tensor + "; expected F64, iteration and gap in turn");
        }
        List<Gap> gaps = new ArrayList<>();
        while (bytes.hasRemaining()) {
            gaps.add(new Gap((int) bytes.getDouble(), bytes.getDouble()));
        }
        return gaps;
    }
}
