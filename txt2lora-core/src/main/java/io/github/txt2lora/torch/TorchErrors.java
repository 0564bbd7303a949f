package io.github.txt2lora.torch;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads libtorch's error texts: the script line where a call failed, and what failed. */
final class TorchErrors {

    private static final Pattern SCRIPT_LINE =
            Pattern.compile("File \"(?:code/)?(?:__torch__/)?([\\w./]+\\.py)\", line (\\d+)(?:, in (\\w+))?");
    private static final Pattern REASON = Pattern.compile("(?m)^(?:\\w+Error|RuntimeError|builtins\\.\\w+): (.+)$");

    /** What libtorch, its allocators, and the libraries of NVIDIA, AMD and Apple say when memory is short. */
    private static final List<String> OUT_OF_MEMORY = List.of(
            "out of memory",
            "out_of_memory",
            "outofmemory",
            "not enough memory",
            "can't allocate memory",
            "cannot allocate memory",
            "failed to allocate",
            "bad_alloc",
            "bad allocation",
            "status_alloc_failed",
            "statusallocfailed",
            "allocation_failed",
            "cudaerrormemoryallocation",
            "rocblas_status_memory_error",
            "invalid buffer size",
            // cuDNN, where each of its algorithms needs more workspace than there is
            "unable to find an engine to execute this computation");

    private TorchErrors() {}

    static TorchException translate(String during, RuntimeException failure) {
        String text = text(failure);
        return new TorchException(
                "libtorch failed in " + during + place(text) + ": " + reason(text), isOutOfMemory(text), failure);
    }

    private static boolean isOutOfMemory(String text) {
        String lower = text.toLowerCase(Locale.ROOT).replace('\u2019', '\'');
        return OUT_OF_MEMORY.stream().anyMatch(lower::contains);
    }

    /** What failed, in libtorch's words. */
    static String reason(RuntimeException failure) {
        return reason(text(failure));
    }

    private static String text(RuntimeException failure) {
        return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    }

    /** The innermost script line: the last one of a run's trace, the first one of a compiler's complaint. */
    private static String place(String text) {
        boolean innermostIsLast = text.contains("most recent call last");
        Matcher matcher = SCRIPT_LINE.matcher(text);
        String place = "";
        while (matcher.find() && (innermostIsLast || place.isEmpty())) {
            String function = matcher.group(3) == null ? "" : " (" + matcher.group(3) + ")";
            place = " at " + matcher.group(1) + " line " + matcher.group(2) + function;
        }
        return place;
    }

    private static String reason(String text) {
        Matcher matcher = REASON.matcher(text);
        String reason = "";
        while (matcher.find()) {
            reason = matcher.group(1);
        }
        if (reason.isEmpty()) {
            return text.lines().filter(line -> !line.isBlank()).findFirst().orElse(text);
        }
        return reason;
    }
}
