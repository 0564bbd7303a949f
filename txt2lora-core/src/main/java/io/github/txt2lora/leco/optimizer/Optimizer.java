package io.github.txt2lora.leco.optimizer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.github.txt2lora.OptimizerSpec;
import io.github.txt2lora.checkpoint.HostTensors;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.lora.LoraParameters;
import io.github.txt2lora.torch.HostNumbers;
import io.github.txt2lora.torch.ScriptAttribute;
import io.github.txt2lora.torch.ScriptAttribute.OfBool;
import io.github.txt2lora.torch.ScriptAttribute.OfFloat;
import io.github.txt2lora.torch.ScriptCall;
import io.github.txt2lora.torch.ScriptClass;
import io.github.txt2lora.torch.ScriptModule;
import io.github.txt2lora.torch.Torch;
import io.github.txt2lora.torch.TorchException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

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
        return new Optimizer(
                torch,
                script(torch, spec),
                parameters,
                spec instanceof OptimizerSpec.Adafactor || spec instanceof OptimizerSpec.Muon);
    }

    /** The script of the record's name, with an attribute for each component. Adam and AdamW share one. */
    private static ScriptModule script(Torch torch, OptimizerSpec spec) {
        List<ScriptAttribute> attributes = new ArrayList<>();
        String name = spec.getClass().getSimpleName();
        if (spec instanceof OptimizerSpec.Adam || spec instanceof OptimizerSpec.AdamW) {
            attributes.add(new OfBool("decoupled", spec instanceof OptimizerSpec.AdamW));
            name = "AdamW";
        }
        for (RecordComponent component : spec.getClass().getRecordComponents()) {
            attributes.add(attribute(component, spec));
        }
        attributes.add(ScriptAttribute.tensors("state"));
        return torch.newModule(
                new ScriptClass(name.toLowerCase(Locale.ROOT), name), attributes.toArray(ScriptAttribute[]::new));
    }

    /** Numbers that are absent are NaN. */
    private static ScriptAttribute attribute(RecordComponent component, OptimizerSpec spec) {
        String name = component.getName().replaceAll("(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        try {
            Object value = component.getAccessor().invoke(spec);
            if (value instanceof Boolean flag) {
                return new OfBool(name, flag);
            } else if (value instanceof OptionalDouble number) {
                return new OfFloat(name, number.orElse(Double.NaN));
            }
            return new OfFloat(name, (Double) value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public record lets its components be read", e);
        }
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
