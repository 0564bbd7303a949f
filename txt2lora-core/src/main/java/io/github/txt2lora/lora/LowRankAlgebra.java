package io.github.txt2lora.lora;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.txt2lora.Device;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;

/**
 * The linear algebra of LoRA factors, on the CPU ({@code torchscript/low_rank.py}). Not for several threads at once.
 */
final class LowRankAlgebra implements AutoCloseable {

    private static final ScriptClass SCRIPT = new ScriptClass("low_rank", "LowRank");

    private final Torch torch;
    private final ScriptModule script;

    LowRankAlgebra() {
        this.torch = Torch.start(EngineOptions.builder().device(Device.cpu()).build());
        this.script = torch.newModule(SCRIPT);
    }

    /** The singular value decomposition of a pair's product, without alpha / rank. */
    Decomposition decompose(LoraPair pair) {
        try (NDManager scope = torch.newScope()) {
            NDList parts = script.call("decompose", scope)
                    .with(matrix(
                            scope, pair.down().get(), pair.rank(), pair.layer().fanIn()))
                    .with(matrix(scope, pair.up().get(), pair.layer().outputs(), pair.rank()))
                    .run();
            return new Decomposition(
                    HostNumbers.doubles(parts.get(0)),
                    new SingularValues(HostNumbers.doubles(parts.get(1))),
                    HostNumbers.doubles(parts.get(2)));
        }
    }

    /**
     * Adds a product to weights.
     *
     * @param weight [outputs, fan-in] of the pair's layer
     * @param factor factor on the product, besides alpha / rank
     * @return the sum
     */
    float[] add(float[] weight, LoraPair pair, double factor) {
        try (NDManager scope = torch.newScope()) {
            int fanIn = pair.layer().fanIn();
            int outputs = pair.layer().outputs();
            NDArray sum = script.call("add_product", scope)
                    .with(matrix(scope, weight, outputs, fanIn))
                    .with(matrix(scope, pair.down().get(), pair.rank(), fanIn))
                    .with(matrix(scope, pair.scaledUp(factor * pair.scale()), outputs, pair.rank()))
                    .run()
                    .singletonOrThrow();
            return HostNumbers.floats(sum);
        }
    }

    private static NDArray matrix(NDManager scope, float[] values, int rows, int columns) {
        return HostNumbers.array(scope, values, new Shape(rows, columns));
    }

    @Override
    public void close() {
        script.close();
        torch.close();
    }
}
