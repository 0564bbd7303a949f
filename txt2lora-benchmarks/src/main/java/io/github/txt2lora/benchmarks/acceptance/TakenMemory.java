package io.github.txt2lora.benchmarks.acceptance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.torch.Torch;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Memory of a GPU that is taken until it is closed, so that little is left. */
final class TakenMemory implements AutoCloseable {

    private static final int BLOCK_BYTES = 256 << 20;

    /** Left for the engine: enough for the demo model, not for a large batch. */
    private static final int BLOCKS_LEFT = 8;

    private static final int MOST_BLOCKS = 2048;

    private final @Nullable Torch torch;

    private TakenMemory(@Nullable Torch torch) {
        this.torch = torch;
    }

    static TakenMemory none() {
        return new TakenMemory(null);
    }

    /** Takes blocks until there are no more, and gives some back. */
    static TakenMemory ofGpu(Device device) {
        Torch torch = Torch.start(EngineOptions.builder().device(device).build());
        NDManager scope = torch.newScope();
        Deque<NDArray> blocks = new ArrayDeque<>();
        try {
            while (blocks.size() < MOST_BLOCKS) {
                blocks.add(scope.zeros(new Shape(BLOCK_BYTES / Float.BYTES)));
            }
        } catch (RuntimeException e) {
            // no more memory, as intended
        }
        for (int i = 0; i < BLOCKS_LEFT && !blocks.isEmpty(); i++) {
            blocks.remove().close();
        }
        torch.emptyCache();
        return new TakenMemory(torch);
    }

    @Override
    public void close() {
        if (torch != null) {
            torch.close();
        }
    }
}
