package io.github.txt2lora.torch;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import io.github.txt2lora.EngineOptions;
import io.github.txt2lora.Txt2LoraException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How exactly a GPU computes, which libtorch keeps for the whole process. */
final class GpuArithmetic {

    private static final Logger LOG = LoggerFactory.getLogger(GpuArithmetic.class);

    private static final String WORKSPACE = "CUBLAS_WORKSPACE_CONFIG";

    /** One of the two that NVIDIA names for equal bytes, the faster one. */
    private static final String SAME_WORKSPACE = ":4096:8";

    private GpuArithmetic() {}

    /** Sets the environment variable that cuBLAS reads when it starts; before libtorch loads. */
    static void prepareProcess(EngineOptions options) {
        if (options.deterministic() && System.getenv(WORKSPACE) == null) {
            setEnvironment(WORKSPACE, SAME_WORKSPACE);
        }
    }

    /** Java's own copy of the environment does not change. */
    static void setEnvironment(String name, String value) {
        try {
            if (Platform.isWindows()) {
                Function.getFunction("ucrtbase", "_putenv_s").invokeInt(new Object[] {name, value});
            } else {
                Function.getFunction(Platform.C_LIBRARY_NAME, "setenv").invokeInt(new Object[] {name, value, 1});
            }
        } catch (UnsatisfiedLinkError e) {
            throw new Txt2LoraException(
                    "the environment variable " + name + " cannot be set from Java; expected " + name + "=" + value
                            + " in the environment of the process: set it before you start the program",
                    e);
        }
    }

    /**
     * Applies the options of an engine on a GPU.
     *
     * @throws Txt2LoraException if one that is not the default cannot be applied
     */
    static void apply(EngineOptions options) {
        try {
            apply(options, LibtorchContext.ofProcess());
        } catch (UnsatisfiedLinkError e) {
            if (options.allowTf32() || options.deterministic()) {
                throw new Txt2LoraException(
                        "this libtorch does not let TF32 and deterministic algorithms be set: " + e.getMessage()
                                + "; open the engine without allowTf32 and deterministic (--tf32, --deterministic)",
                        e);
            }
            LOG.warn(
                    "TF32 cannot be switched off in this libtorch; FP32 convolutions use it: set the environment"
                            + " variable NVIDIA_TF32_OVERRIDE=0 before the start ({})",
                    e.getMessage());
        }
    }

    static void apply(EngineOptions options, LibtorchContext context) {
        context.allowTf32(options.allowTf32());
        context.deterministic(options.deterministic());
    }
}
