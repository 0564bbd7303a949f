package io.github.txt2lora.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.torch.device.ChosenDevice;
import io.github.txt2lora.torch.device.DetectedGpus;
import io.github.txt2lora.torch.device.Gpu;
import io.github.txt2lora.torch.device.GpuDetection;
import io.github.txt2lora.torch.device.GpuMemory;
import io.github.txt2lora.torch.device.LibtorchPreparation;
import io.github.txt2lora.torch.device.ThisMachine;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * libtorch on one device. Every native array belongs to a scope made here or to a scope below it, or to a script;
 * closing the {@code Torch} frees them all. Several may be open in one process: what libtorch keeps per process is set
 * for each thread anew, see {@link #prepareThread()}.
 */
public final class Torch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Torch.class);

    private static final String ENGINE = "PyTorch";

    /** The number of threads that libtorch was last told on a thread, where one {@code Torch} may work for another. */
    private static final ThreadLocal<Integer> THREADS_IN_FORCE = ThreadLocal.withInitial(() -> 0);

    private final Device device;
    private final Optional<Gpu> gpu;
    private final int threads;
    private final boolean tf32;
    private final NDManager root;
    private final NDManager host;
    private final Set<NDManager> scopes = ConcurrentHashMap.newKeySet();
    private final Set<ScriptModule> modules = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<Runnable> callCheck = ThreadLocal.withInitial(() -> () -> {});

    private Torch(Optional<Gpu> gpu, int threads, boolean allowTf32) {
        this.gpu = gpu;
        this.device = gpu.map(Torch::device).orElseGet(Device::cpu);
        this.threads = threads;
        this.tf32 = allowTf32 && device.isGpu();
        this.root = Engine.getEngine(ENGINE).newBaseManager(device);
        this.host = root.newSubManager(Device.cpu());
    }

    /**
     * Loads libtorch, once per process, and chooses the device.
     *
     * <p>DJL would report its use on EC2 hosts; the system property {@code OPT_OUT_TRACKING} is set before it loads,
     * so it does not.
     *
     * @throws InvalidSettingException if CUDA is asked for and there is no such device, or it cannot be used; the
     *     message says why, and what helps
     * @throws Txt2LoraException if libtorch does not load
     */
    public static Torch start(EngineOptions options) {
        System.setProperty("OPT_OUT_TRACKING", "true");
        GpuArithmetic.prepareProcess(options);
        Engine engine;
        DetectedGpus gpus;
        try {
            gpus = ThisProcess.GPUS;
            GpuDetection.requireLibraryPath(new ThisMachine());
            LibtorchPreparation.of(gpus.libtorch());
            engine = Engine.getEngine(ENGINE);
        } catch (EngineException | LinkageError e) {
            throw NativesFailure.of(e);
        }
        int defaultThreads = DefaultThreads.COUNT;
        boolean seesGpus = engine.hasCapability(StandardCapabilities.CUDA);
        ChosenDevice chosen = gpus.choose(options.device(), seesGpus, gpu -> failureOn(gpu, engine));
        chosen.obstacle().ifPresent(why -> LOG.warn("the CPU is used: {}", why));
        if (chosen.gpu().isPresent()) {
            GpuArithmetic.apply(options);
        }
        return new Torch(chosen.gpu(), options.threads() > 0 ? options.threads() : defaultThreads, options.allowTf32());
    }

    /** What was found before libtorch was loaded; the settings that came of it would lead another search astray. */
    private static final class ThisProcess {
        static final DetectedGpus GPUS = GpuDetection.in(new ThisMachine());
    }

    /** The GPUs of this machine, and which libtorch is loaded for them. */
    public static DetectedGpus gpus() {
        return ThisProcess.GPUS;
    }

    private static Device device(Gpu gpu) {
        return Device.gpu(gpu.index());
    }

    /** Whether there is machine code for a GPU shows when it computes. */
    private static Optional<String> failureOn(Gpu gpu, Engine engine) {
        try (NDManager scope = engine.newBaseManager(device(gpu))) {
            float sum = HostNumbers.scalar(HostNumbers.vector(scope, 1).add(1));
            return sum == 2 ? Optional.empty() : Optional.of("1 + 1 is " + sum);
        } catch (EngineException e) {
            return Optional.of(TorchErrors.reason(e));
        }
    }

    /** The number of threads that libtorch chose itself, read once before any {@code Torch} changes it. */
    private static final class DefaultThreads {
        static final int COUNT = JniUtils.getNumThreads();
    }

    /** The device on which arrays of new scopes live. */
    public Device device() {
        return device;
    }

    /** Whether the device is an NVIDIA GPU. */
    public boolean isCuda() {
        return device.isGpu();
    }

    /** The GPU that is computed on; empty on a CPU. */
    public Optional<Gpu> gpu() {
        return gpu;
    }

    /** The memory of the GPU now; empty on a CPU, or if the driver does not tell. */
    public Optional<GpuMemory> gpuMemory() {
        return gpu.flatMap(GpuMemory::of);
    }

    /** Whether FP32 networks may compute in TF32 here. */
    public boolean usesTf32() {
        return tf32;
    }

    /** The version of libtorch. */
    public String version() {
        return root.getEngine().getVersion();
    }

    /** The number of threads that libtorch uses within an operation. */
    public int threads() {
        prepareThread();
        return JniUtils.getNumThreads();
    }

    /** A scope that owns arrays on the device until it is closed. */
    public NDManager newScope() {
        NDManager scope = root.newSubManager();
        scopes.removeIf(other -> !other.isOpen());
        scopes.add(scope);
        return scope;
    }

    /** Current use of native memory. */
    public NativeUse nativeUse() {
        scopes.removeIf(scope -> !scope.isOpen());
        List<NDArray> arrays = scopes.stream()
                .flatMap(scope -> scope.getManagedArrays().stream())
                .toList();
        long bytes = modules.stream().mapToLong(ScriptModule::weightBytes).sum()
                + arrays.stream().mapToLong(Torch::byteSize).sum();
        return new NativeUse(scopes.size(), arrays.size(), modules.size(), bytes);
    }

    private static long byteSize(NDArray array) {
        return array.size() * array.getDataType().getNumOfBytes();
    }

    /**
     * Loads a script.
     *
     * @param type the file and class
     * @param attributes the first values of all its attributes but {@code training}
     */
    public ScriptModule newModule(ScriptClass type, ScriptAttribute... attributes) {
        prepareThread();
        var module = new ScriptModule(this, type, List.of("layers", "adapter"), List.of(attributes));
        modules.add(module);
        return module;
    }

    /** Is told by each script that it is closed. */
    void forget(ScriptModule module) {
        modules.remove(module);
    }

    /**
     * Loads the script of a network and copies its weights to the device.
     *
     * @param weights go into the attribute {@code weights} of the script
     * @param dtype what they are converted to, and the script's attribute {@code dtype}
     * @param attributes as for {@link #newModule}, but {@code dtype}
     */
    public ScriptModule newNetwork(
            ScriptClass type, Map<String, HostTensor> weights, ScalarType dtype, ScriptAttribute... attributes) {
        ScriptAttribute[] all = Arrays.copyOf(attributes, attributes.length + 1);
        all[attributes.length] = new ScriptAttribute.OfInt("dtype", dtype.code());
        ScriptModule network = newModule(type, all);
        try {
            network.load(weights, dtype);
            return network;
        } catch (EngineException e) {
            network.close();
            emptyCache();
            throw TorchException.of("loading the weights of " + type.name(), e);
        } catch (RuntimeException e) {
            network.close();
            emptyCache();
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

    /** The tensor on the device, owned by the scope. */
    public NDArray read(NDManager scope, HostTensor tensor) {
        NDArray array = host.create(new Shape(tensor.shape()), tensor.type().dataType());
        try {
            tensor.type().fill(array, tensor.elements());
        } catch (RuntimeException e) {
            array.close();
            throw e;
        }
        if (!isCuda()) {
            return owned(scope, array);
        }
        try (array) {
            return owned(scope, array.toDevice(device, true));
        }
    }

    /** The numbers as float32 on the same device: the array itself, or a converted one with the same owner. */
    public static NDArray toFloat32(NDArray array) {
        return array.toType(DataType.FLOAT32, false);
    }

    private static NDArray owned(NDManager scope, NDArray array) {
        array.attach(scope);
        return array;
    }

    /**
     * Puts settings in force that libtorch keeps per thread. Without the executor's, each new shape of input would be
     * compiled anew; the number of threads decides the order of sums, so another {@code Torch} must not change it.
     */
    void prepareThread() {
        if (THREADS_IN_FORCE.get() != threads) {
            JniUtils.setGraphExecutorOptimize(false);
            // a thread takes the process's latest number at its first look, so it has to look before it is given its
            // own
            JniUtils.getNumThreads();
            JniUtils.setNumThreads(threads);
            THREADS_IN_FORCE.set(threads);
        }
    }

    /**
     * Does a task, with a check before each of its long calls of a script: every pass through a network, and whatever
     * else takes its time. This is how a task waits while it is paused, and ends when it is cancelled.
     *
     * @param check runs on the calling thread; its exceptions leave the call, which is then not made
     * @param task what it does on other threads is not checked
     */
    public <T> T checkingCalls(Runnable check, Supplier<T> task) {
        Runnable before = callCheck.get();
        callCheck.set(check);
        try {
            return task.get();
        } finally {
            callCheck.set(before);
        }
    }

    /** Runs the check of the task under way. */
    void checkCall() {
        callCheck.get().run();
    }

    /**
     * Bytes on the GPU that this process can take, those that arrays and scripts of this {@code Torch} hold now included;
     * empty on a CPU, and where the driver does not tell.
     */
    public OptionalLong freeGpuBytes() {
        emptyCache();
        return gpuMemory().stream()
                .mapToLong(memory -> memory.freeBytes() + nativeUse().bytes())
                .findFirst();
    }

    /** Does a task; where memory runs out, once more after cached memory was given back. */
    public <T> T retryingWithFreeCaches(Supplier<T> task) {
        try {
            return task.get();
        } catch (TorchException e) {
            if (!e.isOutOfMemory()) {
                throw e;
            }
            emptyCache();
            return task.get();
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
        modules.forEach(ScriptModule::close);
        root.close();
        emptyCache();
    }
}
