package io.github.txt2lora.torch;

import ai.djl.util.Platform;
import ai.djl.util.Utils;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.torch.device.GpuDetection;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says why libtorch does not load, and what helps: DJL unpacks it from the class path, or else fetches it. */
final class NativesFailure {

    /** The loader's text: the file that was to be loaded, and what was wrong, often with another file. */
    private static final Pattern LINK_ERROR = Pattern.compile("(?s)(.+?\\.(?:so|dll|dylib)[.\\d]*): (.+)");

    private static final Pattern MISSING_LIBRARY = Pattern.compile("([^\\s:/\\\\]+): cannot open shared object file");

    private static final List<Class<? extends Throwable>> OF_NETWORKS = List.of(
            UnknownHostException.class,
            ConnectException.class,
            NoRouteToHostException.class,
            SocketException.class,
            SocketTimeoutException.class,
            SSLException.class);

    private final Throwable failure;
    private final Place place;

    private NativesFailure(Throwable failure, Place place) {
        this.failure = failure;
        this.place = place;
    }

    /**
     * Where libtorch was to come from.
     *
     * @param isMissing whether nothing on the class path is for this system
     * @param system for example {@code linux-x86_64}
     * @param version the version of PyTorch that DJL expects
     * @param cache the folder that libtorch is unpacked to
     */
    record Place(boolean isMissing, String system, String version, Path cache) {

        static Place ofThisMachine() {
            Platform platform = Platform.detectPlatform("pytorch");
            return new Place(
                    platform.isPlaceholder(),
                    platform.getClassifier(),
                    Platform.fromSystem("pytorch").getVersion(),
                    Utils.getEngineCacheDir());
        }
    }

    static Txt2LoraException of(Throwable failure) {
        return new Txt2LoraException(message(failure, Place.ofThisMachine()), failure);
    }

    /** The sentence: the cause at the root, and what helps against it. */
    static String message(Throwable failure, Place place) {
        return new NativesFailure(failure, place).message();
    }

    private String message() {
        Throwable root = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause;
            if (cause instanceof UnsatisfiedLinkError) {
                break;
            }
        }
        String text = String.valueOf(root.getMessage());
        if (root instanceof UnsatisfiedLinkError) {
            Matcher parts = LINK_ERROR.matcher(text);
            return parts.matches() ? link(parts.group(1), parts.group(2)) : say(text, linkRemedy(text, ""));
        }
        String found =
                root == failure ? String.valueOf(failure.getMessage()) : failure.getMessage() + " (" + root + ")";
        return say(found, remedy(root, text));
    }

    private String link(String file, String reason) {
        String found = reason.startsWith(file) ? reason : reason + " (while loading " + file + ")";
        return say(found, linkRemedy(reason, file));
    }

    private static String say(String found, String remedy) {
        return "libtorch does not load: " + found.strip() + "; " + remedy;
    }

    private String remedy(Throwable root, String text) {
        if (text.contains("jnilib/")) {
            return "DJL has no bridge to this PyTorch: " + expectedVersion();
        }
        if (OF_NETWORKS.stream().anyMatch(type -> type.isInstance(root)) || place.isMissing()) {
            return "expected pytorch-native-cpu for " + place.system() + " on the class path, which"
                    + " txt2lora-all-platforms has for every system, or internet access to fetch PyTorch; for a GPU"
                    + " without internet access, build with -Pgpu-offline";
        }
        return "expected a folder " + place.cache() + " with 450 MB of free space, to which PyTorch is unpacked; the"
                + " environment variable DJL_CACHE_DIR names another";
    }

    private String linkRemedy(String reason, String file) {
        if (reason.contains("libcuda.so") || reason.contains("nvcuda.dll")) {
            return "this is PyTorch for GPUs, and NVIDIA's driver is missing: install it (" + GpuDetection.DRIVERS
                    + "), or use PyTorch for the CPU (pytorch-native-cpu)";
        }
        Matcher missing = MISSING_LIBRARY.matcher(reason);
        if (missing.find()) {
            return "install " + missing.group(1) + ", or name its folder in the environment variable LD_LIBRARY_PATH";
        }
        if (reason.contains("dependent libraries")) {
            return "libraries that this one needs are not found: start with bin\\txt2lora.bat, or put the folder "
                    + folder(file) + " on PATH, and install Microsoft's Visual C++ runtime:"
                    + " https://aka.ms/vs/17/release/vc_redist.x64.exe";
        }
        if (reason.contains("GLIBC") || reason.contains("CXXABI")) {
            return "this system is older than PyTorch " + place.version() + " expects; use a newer one";
        }
        if (reason.contains("undefined symbol") || reason.contains("procedure could not be found")) {
            return "the files are of different versions: " + expectedVersion();
        }
        if (reason.contains("wrong ELF class") || reason.contains("platform") || reason.contains("architecture")) {
            return "the file is for another processor; expected PyTorch for " + place.system();
        }
        if (reason.contains("ermission") || reason.contains("ermitted") || reason.contains("map segment")) {
            return "expected a folder from which libraries may be loaded; the environment variable DJL_CACHE_DIR names"
                    + " another";
        }
        return "the file seems to be broken: remove the folder " + folder(file)
                + (isUnpacked(file) ? "; the next start unpacks it again" : " and install PyTorch again");
    }

    private String expectedVersion() {
        return "expected PyTorch " + place.version() + " in the folder that PYTORCH_LIBRARY_PATH names, and "
                + GpuDetection.flavorsOf(place.version()) + " as PYTORCH_FLAVOR; without both, DJL chooses itself";
    }

    private boolean isUnpacked(String file) {
        return file.startsWith(place.cache().toString());
    }

    private static String folder(String file) {
        Path folder = Path.of(file).getParent();
        return folder == null ? "of libtorch" : folder.toString();
    }
}
