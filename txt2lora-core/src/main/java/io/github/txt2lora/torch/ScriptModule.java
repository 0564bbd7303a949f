package io.github.txt2lora.torch;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network or optimizer written in TorchScript, with its tensors on one device. Not safe for several threads at once.
 */
public final class ScriptModule implements AutoCloseable {

    /** So many bytes of weights go over in one call; more would only hold more temporaries at a time. */
    private static final long LOAD_CHUNK_BYTES = 64L << 20;

    private final Torch torch;
    private final ScriptClass type;
    private final Model model;
    private final PtSymbolBlock block;
    private long weightBytes;

    ScriptModule(Torch torch, ScriptClass type, List<String> sharedSources, List<ScriptAttribute> attributes) {
        this.torch = torch;
        this.type = type;
        this.model = Model.newInstance(type.name(), torch.device(), "PyTorch");
        try {
            byte[] archive = ScriptArchive.pack(type, sharedSources, attributes);
            ((PtModel) model).load(new ByteArrayInputStream(archive), false);
            this.block = (PtSymbolBlock) model.getBlock();
        } catch (IOException | MalformedModelException e) {
            model.close();
            throw new TorchException("script " + type.source() + ".py does not load: " + e.getMessage(), false, e);
        } catch (RuntimeException e) {
            model.close();
            throw TorchErrors.translate("loading script " + type.source() + ".py", e);
        }
    }

    Torch torch() {
        return torch;
    }

    /**
     * Begins a call.
     *
     * @param method a method of the script's class
     * @param scope the owner of what the call returns
     */
    public ScriptCall call(String method, NDManager scope) {
        return new ScriptCall(this, method, scope);
    }

    /**
     * Begins a call that takes its time, unless the check of {@link Torch#checkingCalls} throws.
     *
     * @param method as for {@link #call}
     * @param scope as for {@link #call}
     */
    public ScriptCall longCall(String method, NDManager scope) {
        torch.checkCall();
        return call(method, scope);
    }

    /** The size of the weights on the device. */
    long weightBytes() {
        return weightBytes;
    }

    /**
     * Reads weights into the module's {@code weights}, converted to its {@code dtype}. They are read straight into
     * libtorch's memory, some at a time, so that hardly more is in memory than what is kept.
     */
    void load(Map<String, HostTensor> weights, ScalarType dtype) {
        weightBytes = dtype.bytes()
                * weights.values().stream().mapToLong(HostTensor::elementCount).sum();
        Map<String, HostTensor> chunk = new HashMap<>();
        long bytes = 0;
        for (Map.Entry<String, HostTensor> weight : weights.entrySet()) {
            chunk.put(weight.getKey(), weight.getValue());
            bytes += weight.getValue().byteSize();
            if (bytes >= LOAD_CHUNK_BYTES) {
                loadChunk(chunk);
                chunk.clear();
                bytes = 0;
            }
        }
        loadChunk(chunk);
    }

    private void loadChunk(Map<String, HostTensor> weights) {
        if (weights.isEmpty()) {
            return;
        }
        try (NDManager scope = torch.newScope()) {
            Map<String, NDArray> arrays = new HashMap<>();
            weights.forEach((name, tensor) -> arrays.put(name, torch.read(scope, tensor)));
            call("load", scope).with("weights", arrays).run();
        }
    }

    NDList run(String method, NDList arguments, boolean gradients) {
        torch.prepareThread();
        JniUtils.setGradMode(gradients);
        try {
            // "training" only keeps libtorch out of inference mode, whose tensors could not be used with autograd later
            return IValueUtils.forward(block, arguments, true);
        } catch (RuntimeException e) {
            throw TorchErrors.translate(type.name() + "." + method, e);
        } finally {
            JniUtils.setGradMode(false);
        }
    }

    @Override
    public void close() {
        torch.forget(this);
        model.close();
    }
}
