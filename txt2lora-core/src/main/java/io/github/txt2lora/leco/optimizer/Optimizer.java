package io.github.txt2lora.leco.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.ScriptAttribute.OfBool;
import io.github.txt2lora.torch.ScriptAttribute.OfFloat;
import io.github.txt2lora.torch.ScriptAttribute.OfTensors;
import io.github.txt2lora.torch.ScriptCall;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Changes LoRA parameters by a gradient; the arithmetic of each kind is a script under {@code torchscript/}. */
public final class Optimizer implements AutoCloseable {

    private final Torch torch;
    private final ScriptModule script;
    private final LoraParameters parameters;
    private final boolean needsLayout;

    private Optimizer(Torch torch, ScriptModule script, LoraParameters parameters, boolean needsLayout) {
        this.torch = torch;
        this.script = script;
        this.parameters = parameters;
        this.needsLayout = needsLayout;
    }

    public static Optimizer create(Torch torch, OptimizerSpec spec, LoraParameters parameters) {
        return new Optimizer(torch, script(torch, spec), parameters, spec instanceof OptimizerSpec.Adafactor);
    }

    private static ScriptModule script(Torch torch, OptimizerSpec spec) {
        var state = new OfTensors("state");
        if (spec instanceof OptimizerSpec.AdamW adamW) {
            return torch.newModule(
                    new ScriptClass("adamw", "AdamW"),
                    new OfBool("decoupled", true),
                    new OfFloat("beta1", adamW.beta1()),
                    new OfFloat("beta2", adamW.beta2()),
                    new OfFloat("epsilon", adamW.epsilon()),
                    new OfFloat("weight_decay", adamW.weightDecay()),
                    state);
        } else if (spec instanceof OptimizerSpec.Adam adam) {
            return torch.newModule(
                    new ScriptClass("adamw", "AdamW"),
                    new OfBool("decoupled", false),
                    new OfFloat("beta1", adam.beta1()),
                    new OfFloat("beta2", adam.beta2()),
                    new OfFloat("epsilon", adam.epsilon()),
                    new OfFloat("weight_decay", adam.weightDecay()),
                    state);
        } else if (spec instanceof OptimizerSpec.Lion lion) {
            return torch.newModule(
                    new ScriptClass("lion", "Lion"),
                    new OfFloat("beta1", lion.beta1()),
                    new OfFloat("beta2", lion.beta2()),
                    new OfFloat("weight_decay", lion.weightDecay()),
                    state);
        } else if (spec instanceof OptimizerSpec.Prodigy prodigy) {
            return torch.newModule(
                    new ScriptClass("prodigy", "Prodigy"),
                    new OfFloat("beta1", prodigy.beta1()),
                    new OfFloat("beta2", prodigy.beta2()),
                    new OfFloat("beta3", prodigy.beta3().orElse(Math.sqrt(prodigy.beta2()))),
                    new OfFloat("epsilon", prodigy.epsilon()),
                    new OfFloat("weight_decay", prodigy.weightDecay()),
                    new OfFloat("d0", prodigy.d0()),
                    new OfFloat("d_coefficient", prodigy.dCoef()),
                    new OfFloat("growth_rate", prodigy.growthRate()),
                    new OfBool("bias_correction", prodigy.useBiasCorrection()),
                    new OfBool("safeguard_warmup", prodigy.safeguardWarmup()),
                    state);
        } else if (spec instanceof OptimizerSpec.Adafactor adafactor) {
            return torch.newModule(
                    new ScriptClass("adafactor", "Adafactor"),
                    new OfFloat("epsilon1", adafactor.epsilon1()),
                    new OfFloat("epsilon2", adafactor.epsilon2()),
                    new OfFloat("clip_threshold", adafactor.clipThreshold()),
                    new OfFloat("decay_rate", adafactor.decayRate()),
                    new OfFloat("beta1", adafactor.beta1().orElse(0)),
                    new OfFloat("weight_decay", adafactor.weightDecay()),
                    new OfBool("scale_parameter", adafactor.scaleParameter()),
                    state);
        } else if (spec instanceof OptimizerSpec.Sgd sgd) {
            return torch.newModule(
                    new ScriptClass("sgd", "Sgd"),
                    new OfFloat("momentum", sgd.momentum()),
                    new OfFloat("weight_decay", sgd.weightDecay()),
                    new OfBool("nesterov", sgd.nesterov()),
                    state);
        }
        throw new IllegalArgumentException("no script for " + spec);
    }

    /** Changes the parameters in place. */
    public void step(NDManager scope, NDArray gradient, double learningRate) {
        ScriptCall call = script.call("step", scope)
                .with(parameters.vector())
                .with(gradient)
                .with(learningRate);
        if (needsLayout) {
            call.withVectors("layout", parameters.layout());
        }
        call.run();
    }

    /** The state from earlier steps, copied to the host's memory; empty before the first step. */
    public List<TensorView> state(NDManager scope) {
        NDList state = script.call("state_dict", scope).run();
        return state.stream()
                .map(Optimizer::copy)
                .sorted(Comparator.comparing(TensorView::name))
                .toList();
    }

    /** The scripts remember float32 arrays and float64 numbers. */
    private static TensorView copy(NDArray array) {
        List<Long> shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
        TensorView values = shape.isEmpty()
                ? TensorView.of(array.getName(), HostNumbers.doubles(array)[0])
                : TensorView.of(array.getName(), HostNumbers.floats(array));
        return values.reshaped(shape);
    }

    /**
     * Sets the parameters, and the state from earlier steps.
     *
     * @param values of all parameters
     * @param state state of another optimizer of the same kind
     * @throws TorchException if a script cannot use it
     */
    public void restore(NDManager scope, float[] values, List<TensorView> state) {
        script.call("reset", scope)
                .with(parameters.vector())
                .with(HostNumbers.vector(scope, values))
                .run();
        Map<String, NDArray> arrays = new HashMap<>();
        for (TensorView tensor : state) {
            // numbers stay with the host, where the scripts read them
            NDArray array = tensor.shape().isEmpty()
                    ? torch.hostScalar(scope, tensor.bytes().getDouble())
                    : torch.read(scope, HostTensors.of(tensor));
            arrays.put(tensor.name(), array);
        }
        if (!arrays.isEmpty()) {
            script.call("load_state_dict", scope).with("state", arrays).run();
        }
    }

    @Override
    public void close() {
        script.close();
    }
}
