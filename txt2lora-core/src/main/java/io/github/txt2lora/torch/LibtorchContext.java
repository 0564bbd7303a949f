package io.github.txt2lora.torch;

import ai.djl.pytorch.jni.LibUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * libtorch's settings for the whole process, {@code at::Context}. DJL passes none of these on, so they are called by
 * their symbols, which every build of libtorch exports.
 */
final class LibtorchContext {

    private final NativeLibrary library;
    private final Pointer context;

    private LibtorchContext(NativeLibrary library) {
        this.library = library;
        this.context = call(Pointer.class, "_ZN2at13globalContextEv", "?globalContext@at@@YAAEAVContext@1@XZ");
    }

    /**
     * That of the libtorch that is loaded.
     *
     * @throws UnsatisfiedLinkError if this libtorch has other symbols
     */
    static LibtorchContext ofProcess() {
        Path library = Path.of(LibUtils.getLibtorchPath(), System.mapLibraryName("torch_cpu"));
        return new LibtorchContext(NativeLibrary.getInstance(library.toString()));
    }

    /** Whether products of FP32 matrices and FP32 convolutions may be computed in TF32. */
    void allowTf32(boolean allow) {
        call(
                void.class,
                "_ZN2at7Context18setAllowTF32CuBLASEb",
                "?setAllowTF32CuBLAS@Context@at@@QEAAX_N@Z",
                context,
                flag(allow));
        call(
                void.class,
                "_ZN2at7Context17setAllowTF32CuDNNEb",
                "?setAllowTF32CuDNN@Context@at@@QEAAX_N@Z",
                context,
                flag(allow));
    }

    boolean allowsTf32InProducts() {
        return ask("_ZNK2at7Context15allowTF32CuBLASEv", "?allowTF32CuBLAS@Context@at@@QEBA_NXZ");
    }

    boolean allowsTf32InConvolutions() {
        return ask("_ZNK2at7Context14allowTF32CuDNNEv", "?allowTF32CuDNN@Context@at@@QEBA_NXZ");
    }

    /** Whether operations without a deterministic algorithm fail, and others use theirs. */
    void deterministic(boolean deterministic) {
        call(
                void.class,
                "_ZN2at7Context26setDeterministicAlgorithmsEbb",
                "?setDeterministicAlgorithms@Context@at@@QEAAX_N0@Z",
                context,
                flag(deterministic),
                flag(false));
        // filling new memory finds reads of memory that was never written, of which the networks have none
        call(
                void.class,
                "_ZN2at7Context39setDeterministicFillUninitializedMemoryEb",
                "?setDeterministicFillUninitializedMemory@Context@at@@QEAAX_N@Z",
                context,
                flag(false));
    }

    boolean isDeterministic() {
        return ask("_ZNK2at7Context23deterministicAlgorithmsEv", "?deterministicAlgorithms@Context@at@@QEBA_NXZ");
    }

    private boolean ask(String symbol, String ofWindows) {
        return call(Byte.class, symbol, ofWindows, context) != 0;
    }

    /** A bool of C++ is a byte of 0 or 1; that of JNA would be an int of -1. */
    private static byte flag(boolean value) {
        return (byte) (value ? 1 : 0);
    }

    private <T> T call(Class<T> result, String symbol, String ofWindows, Object... arguments) {
        Function function = library.getFunction(Platform.isWindows() ? ofWindows : symbol);
        return result.cast(function.invoke(result, arguments));
    }
}
