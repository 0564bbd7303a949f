package io.github.txt2lora.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call into a script, in the order of the method's parameters. Results belong to the scope given
 * at the start; the arguments stay with their owners.
 */
public final class ScriptCall {

    private final ScriptModule module;
    private final String method;
    private final NDManager scope;
    private final NDList arguments = new NDList();

    ScriptCall(ScriptModule module, String method, NDManager scope) {
        this.module = module;
        this.method = method;
        this.scope = scope;
        // The results go to the manager of the first array, and its name chooses the method.
        NDArray chooser = module.torch().hostScalar(scope, 0);
        chooser.setName("module_method:" + method);
        arguments.add(chooser);
    }

    /** Adds a tensor. */
    public ScriptCall with(NDArray tensor) {
        tensor.setName(null);
        arguments.add(tensor);
        return this;
    }

    /** Adds a tensor where there is one; for trailing parameters with a default. */
    public ScriptCall withOptional(@Nullable NDArray tensor) {
        return tensor == null ? this : with(tensor);
    }

    /** Adds a number as a scalar tensor on the CPU, so that reading it never waits for a device. */
    public ScriptCall with(double number) {
        return with(module.torch().hostScalar(scope, number));
    }

    /** Adds a {@code Dict[str, Tensor]}; it may not be empty. The script sees the keys in no particular order. */
    public ScriptCall with(String parameter, Map<String, NDArray> tensors) {
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException(parameter + " is empty, which a call cannot express");
        }
        tensors.forEach((key, tensor) -> {
            tensor.setName(parameter + "." + key);
            arguments.add(tensor);
        });
        return this;
    }

    /** Adds a {@code Dict[str, Tensor]} of float64 vectors in memory of the host. */
    public ScriptCall withVectors(String parameter, Map<String, double[]> vectors) {
        Map<String, NDArray> tensors = new HashMap<>();
        vectors.forEach((key, vector) -> tensors.put(key, module.torch().hostVector(scope, vector)));
        return with(parameter, tensors);
    }

    /** Runs the method without recording a graph and returns its tensors; a dict's keys are their names. */
    public NDList run() {
        return module.run(method, arguments, false);
    }

    /** Runs the method with autograd on, for methods that call {@code torch.grad}. */
    public NDList runWithGradients() {
        return module.run(method, arguments, true);
    }
}
