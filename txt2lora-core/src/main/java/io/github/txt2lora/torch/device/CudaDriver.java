package io.github.txt2lora.torch.device;

import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * NVIDIA's driver, asked directly. DJL asks the CUDA toolkit instead, which most machines with a GPU do not have and
 * libtorch does not need.
 */
final class CudaDriver {

    private static final int SUCCESS = 0;
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;
    private static final int LONGEST_NAME = 256;

    private final NativeLibrary library;

    private CudaDriver(NativeLibrary library) {
        this.library = library;
    }

    private static CudaDriver load() {
        return new CudaDriver(NativeLibrary.getInstance(fileName()));
    }

    /** The name under which the system finds the driver. */
    static String fileName() {
        return Platform.isWindows() ? "nvcuda.dll" : "libcuda.so.1";
    }

    /** Asks for everything that is known without using a GPU. */
    static DriverState state() {
        if (Platform.isMac()) {
            return new DriverState.Missing("macOS has no CUDA");
        }
        try {
            return load().start();
        } catch (LinkageError e) {
            return new DriverState.Missing(reason(e));
        }
    }

    /** The memory of a GPU that the driver offers; empty if the driver does not tell. */
    static Optional<GpuMemory> memory(int index) {
        try {
            return load().memoryOf(index);
        } catch (LinkageError e) {
            return Optional.empty();
        }
    }

    /** JNA's first line only says that it does not load; the next one is the system's. */
    private static String reason(LinkageError failure) {
        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        return lines.get(lines.size() > 1 ? 1 : 0);
    }

    private DriverState start() {
        int started = call("cuInit", 0);
        if (started != SUCCESS) {
            return new DriverState.Failing(started, errorName(started));
        }
        CudaVersion version = CudaVersion.ofCode(number("cuDriverGetVersion").orElse(0));
        int count = number("cuDeviceGetCount").orElse(0);
        List<Gpu> gpus = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            int device = number("cuDeviceGet", index).orElse(index);
            gpus.add(new Gpu(index, name(device), capability(device)));
        }
        return new DriverState.Working(version, gpus);
    }

    private String name(int device) {
        try (Memory name = new Memory(LONGEST_NAME)) {
            return call("cuDeviceGetName", name, LONGEST_NAME, device) == SUCCESS
                    ? name.getString(0, StandardCharsets.UTF_8.name())
                    : "a GPU without a name";
        }
    }

    private ComputeCapability capability(int device) {
        return new ComputeCapability(
                number("cuDeviceGetAttribute", CAPABILITY_MAJOR, device).orElse(0),
                number("cuDeviceGetAttribute", CAPABILITY_MINOR, device).orElse(0));
    }

    /** In the context that libtorch uses, too. */
    private Optional<GpuMemory> memoryOf(int index) {
        if (call("cuInit", 0) != SUCCESS) {
            return Optional.empty();
        }
        OptionalInt device = number("cuDeviceGet", index);
        var context = new PointerByReference();
        if (device.isEmpty() || call("cuDevicePrimaryCtxRetain", context, device.getAsInt()) != SUCCESS) {
            return Optional.empty();
        }
        try {
            return memoryIn(context.getValue());
        } finally {
            call("cuDevicePrimaryCtxRelease_v2", device.getAsInt());
        }
    }

    private Optional<GpuMemory> memoryIn(Pointer context) {
        if (call("cuCtxPushCurrent_v2", context) != SUCCESS) {
            return Optional.empty();
        }
        try (var free = new Memory(Native.SIZE_T_SIZE);
                var total = new Memory(Native.SIZE_T_SIZE)) {
            return call("cuMemGetInfo_v2", free, total) == SUCCESS
                    ? Optional.of(new GpuMemory(free.getLong(0), total.getLong(0)))
                    : Optional.empty();
        } finally {
            call("cuCtxPopCurrent_v2", new PointerByReference());
        }
    }

    /** A number that the driver writes through its first argument. */
    private OptionalInt number(String function, Object... more) {
        var result = new IntByReference();
        Object[] arguments = new Object[more.length + 1];
        arguments[0] = result;
        System.arraycopy(more, 0, arguments, 1, more.length);
        return call(function, arguments) == SUCCESS ? OptionalInt.of(result.getValue()) : OptionalInt.empty();
    }

    private String errorName(int code) {
        var name = new PointerByReference();
        return call("cuGetErrorName", code, name) == SUCCESS && name.getValue() != null
                ? name.getValue().getString(0)
                : "error " + code;
    }

    private int call(String name, Object... arguments) {
        Function function = library.getFunction(name);
        return function.invokeInt(arguments);
    }
}
