package io.github.txt2lora.text;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.Precision;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.torch.ScalarType;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import java.util.Map;

/** One CLIP text encoder ({@code torchscript/clip.py}). */
final class ClipTextEncoder implements AutoCloseable {

    private static final ScriptClass SCRIPT = new ScriptClass("clip", "ClipTextEncoder");

    private final ScriptModule script;

    private ClipTextEncoder(ScriptModule script) {
        this.script = script;
    }

    static ClipTextEncoder load(
            Torch torch, Map<String, TensorView> weights, ClipActivation activation, Precision precision) {
        ScriptModule script = torch.newNetwork(
                SCRIPT,
                HostTensors.of(weights),
                ScalarType.of(precision),
                new ScriptAttribute.OfBool("quick_gelu", activation == ClipActivation.QUICK_GELU),
                ScriptAttribute.tensors("weights"));
        return new ClipTextEncoder(script);
    }

    /** The token embeddings and each layer's output, [batch, tokens, width] each, without the final norm. */
    NDList hiddenStates(NDManager scope, NDArray ids) {
        return script.longCall("forward", scope).with(ids).run();
    }

    /**
     * As {@link #hiddenStates(NDManager, NDArray)}, with other token embeddings at some places.
     *
     * @param places among the tokens, [number]
     * @param vectors the token embeddings there, [number, width]
     */
    NDList hiddenStates(NDManager scope, NDArray ids, NDArray places, NDArray vectors) {
        return script.longCall("forward_with_vectors", scope)
                .with(ids)
                .with(places)
                .with(vectors)
                .run();
    }

    /** The final layer norm of a hidden state. */
    NDArray finalNorm(NDManager scope, NDArray hidden) {
        return script.call("final_norm", scope).with(hidden).run().singletonOrThrow();
    }

    /** The row of the normed last hidden state at the first end token, [batch, width]. */
    NDArray pooled(NDManager scope, NDArray normed, NDArray ids) {
        return script.call("pooled", scope).with(normed).with(ids).run().singletonOrThrow();
    }

    /** The pooled row times the text projection, [batch, projection width]. */
    NDArray project(NDManager scope, NDArray pooled) {
        return script.call("project", scope).with(pooled).run().singletonOrThrow();
    }

    @Override
    public void close() {
        script.close();
    }
}
