package io.github.txt2lora.torch;

import ai.djl.engine.EngineException;
import ai.djl.util.Platform;
import ai.djl.util.Utils;
import io.github.txt2lora.Txt2LoraException;
import java.nio.file.Path;

/** Says why libtorch does not load, and what helps: DJL unpacks it from the class path, or else fetches it. */
final class NativesFailure {

    private NativesFailure() {}

    static Txt2LoraException of(EngineException failure) {
        Platform platform = Platform.detectPlatform("pytorch");
        return new Txt2LoraException(
                message(failure, platform.isPlaceholder(), platform.getClassifier(), Utils.getEngineCacheDir()),
                failure);
    }

    /**
     * The sentence.
     *
     * @param isMissing whether nothing on the class path is for this system
     * @param system for example {@code linux-x86_64}
     * @param cache the folder that libtorch is unpacked to
     */
    static String message(EngineException failure, boolean isMissing, String system, Path cache) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String found = "libtorch does not load: " + failure.getMessage() + (root == failure ? "" : " (" + root + ")");
        return isMissing
                ? found + "; expected pytorch-native-cpu for " + system + " on the class path, which"
                        + " txt2lora-all-platforms has for every system, or internet access to fetch PyTorch"
                : found + "; expected a folder " + cache
                        + " with 450 MB of free space, to which PyTorch is unpacked; the"
                        + " environment variable DJL_CACHE_DIR names another";
    }
}
