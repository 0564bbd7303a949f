package io.github.txt2lora.leco.state;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.LoraQuality.Gap;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.leco.state.GapState.Best;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** The tensors of a {@link GapState} in a state file; a training without measurements has none. */
final class GapStateTensors {

    /** Iteration and gap in turn. */
    private static final String GAPS = "gaps";

    /** Iteration and smoothed gap. */
    private static final String BEST_GAP = "best_gap";

    private static final String BEST_PARAMETERS = "best_parameters";

    private GapStateTensors() {}

    static void put(GapState state, List<TensorView> tensors) {
        if (!state.gaps().isEmpty()) {
            double[] numbers = state.gaps().stream()
                    .flatMapToDouble(gap -> DoubleStream.of(gap.iteration(), gap.gap()))
                    .toArray();
            tensors.add(TensorView.of(GAPS, numbers));
        }
        Best best = state.best();
        if (best != null) {
            tensors.add(TensorView.of(BEST_GAP, best.iteration(), best.smoothedGap()));
            tensors.add(TensorView.of(BEST_PARAMETERS, best.parameters()));
        }
    }

    static GapState take(SafetensorsFile file) {
        List<Gap> gaps = file.find(GAPS).map(tensor -> gaps(file, tensor)).orElse(List.of());
        return new GapState(
                gaps, file.find(BEST_GAP).map(tensor -> best(file, tensor)).orElse(null));
    }

    private static Best best(SafetensorsFile file, TensorView tensor) {
        List<Gap> gaps = gaps(file, tensor);
        if (gaps.size() != 1) {
            throw new CheckpointException(file.path() + " holds " + tensor + "; expected one iteration and its gap");
        }
        Gap gap = gaps.get(0);
        return new Best(gap.iteration(), gap.gap(), file.tensor(BEST_PARAMETERS).toFloats());
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
