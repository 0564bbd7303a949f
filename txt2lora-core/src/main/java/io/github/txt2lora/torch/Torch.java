package io.github.txt2lora.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import java.util.List;
import java.util.Map;

/**
 * libtorch on one device. Every native array belongs to a scope made here or to a scope below it; closing the
 * {@code Torch} frees them all.
 */
public final class Torch implements AutoCloseable {

    private static final String ENGINE = "PyTorch";

    private final Device device;
    private final NDManager root;
    private final NDManager host;
    private final ThreadLocal<Boolean> prepared = ThreadLocal.withInitial(() -> false);

    private Torch(Device device) {
        this.device = device;
        this.root = Engine.getEngine(ENGINE).newBaseManager(device);
        this.host = root.newSubManager(Device.cpu());
    }

    /**
     * Loads libtorch, once per process, and chooses the device.
     *
     * <p>DJL would report its use on EC2 hosts; the system property {@code OPT_OUT_TRACKING} is set before it loads,
     * so it does not.
     *
     * @throws InvalidSettingException if CUDA is asked for and there is no such device
     * @throws Txt2LoraException if libtorch does not load
     */
    public static Torch start(EngineOptions options) {
        System.setProperty("OPT_OUT_TRACKING", "true");
        Engine engine;
        try {
            engine = Engine.getEngine(ENGINE);
        } catch (EngineException e) {
            throw new Txt2LoraException(
                    "libtorch does not load: " + e.getMessage()
                            + "; expected a pytorch-native artifact for this platform on the class path",
                    e);
        }
        if (options.threads() > 0) {
            JniUtils.setNumThreads(options.threads());
        }
        return new Torch(choose(options.device(), engine.getGpuCount()));
    }

    private static Device choose(io.github.txt2lora.Device wanted, int gpus) {
        return switch (wanted.kind()) {
            case CPU -> Device.cpu();
            case AUTO -> gpus > 0 ? Device.gpu(0) : Device.cpu();
            case CUDA -> {
                if (wanted.index() >= gpus) {
                    throw new InvalidSettingException("device is cuda:" + wanted.index() + ", but libtorch sees " + gpus
                            + " CUDA devices; use device auto or cpu, or install the NVIDIA driver and the CUDA build"
                            + " of libtorch");
                }
                yield Device.gpu(wanted.index());
            }
        };
    }

    /** The device on which arrays of new scopes live. */
    public Device device() {
        return device;
    }

    /** Whether the device is an NVIDIA GPU. */
    public boolean isCuda() {
        return device.isGpu();
    }

    /** The number of threads that libtorch uses within an operation. */
    public int threads() {
        return JniUtils.getNumThreads();
    }

    /** A scope that owns arrays on the device until it is closed. */
    public NDManager newScope() {
        return root.newSubManager();
    }

    /**
     * Loads a script.
     *
     * @param type the file and class
     * @param attributes the first values of all its attributes but {@code training}
     */
    public ScriptModule newModule(ScriptClass type, ScriptAttribute... attributes) {
        prepareThread();
        return new ScriptModule(this, type, List.of("layers"), List.of(attributes));
    }

    /**
     * Loads the script of a network and copies its weights to the device.
     *
     * @param weights go into the attribute {@code weights} of the script, converted to the precision that it is told
     * @param attributes as for {@link #newModule}
     */
    public ScriptModule newNetwork(ScriptClass type, Map<String, HostTensor> weights, ScriptAttribute... attributes) {
        ScriptModule network = newModule(type, attributes);
        try {
            network.load(weights);
            return network;
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** A scalar in memory of the host, whatever the device, so that reading it never waits for the device. */
    public NDArray hostScalar(NDManager scope, double number) {
        return owned(scope, host.create(number));
    }

    /** A vector in memory of the host, whatever the device. */
    public NDArray hostVector(NDManager scope, double... numbers) {
        return owned(scope, host.create(numbers));
    }

    private static NDArray owned(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }

    /** The executor's settings are per thread: without this, each new shape of input would be compiled anew. */
    void prepareThread() {
        if (!prepared.get()) {
            JniUtils.setGraphExecutorOptimize(false);
            prepared.set(true);
        }
    }

    /** Gives cached blocks of device memory back; does nothing on a CPU. */
    public void emptyCache() {
        if (isCuda()) {
            JniUtils.emptyCudaCache();
        }
    }

    @Override
    public void close() {
        root.close();
        emptyCache();
    }
}
