package io.github.txt2lora.benchmarks;

import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The operators that libtorch's profiler saw during a task.
 *
 * @param calls all of them, also those that others are made of
 * @param kernels those that compute or copy something, as a GPU launches them: not views, allocations, or operators that
 *     are made of others that are counted
 * @param kernelsByName the kernels, by the operator's name
 */
record OperatorTrace(int calls, int kernels, Map<String, Integer> kernelsByName) {

    private static final String PREFIX = "aten::";

    private static final Set<String> NO_KERNELS = Set.of(
            "view",
            "_unsafe_view",
            "reshape",
            "_reshape_alias",
            "t",
            "transpose",
            "permute",
            "expand",
            "expand_as",
            "detach",
            "detach_",
            "slice",
            "narrow",
            "select",
            "unbind",
            "as_strided",
            "unsqueeze",
            "unsqueeze_",
            "squeeze",
            "squeeze_",
            "alias",
            "split",
            "split_with_sizes",
            "chunk",
            "empty",
            "empty_like",
            "empty_strided",
            "resize_",
            "resolve_conj",
            "resolve_neg",
            "is_nonzero",
            "item",
            "set_",
            "lift_fresh",
            "result_type",
            "size",
            "contiguous",
            "to",
            "flatten",
            "numel",
            "is_same_size",
            "requires_grad_",
            "view_as",
            "_has_compatible_shallow_copy_type",
            "type_as");

    /** An operator and its time. */
    private record Event(String name, double start, double end) {}

    /** Runs a task on this thread and reads what the profiler wrote. */
    static OperatorTrace of(Runnable task) throws IOException {
        Path file = Files.createTempFile("txt2lora-operators", ".json");
        try {
            JniUtils.startProfile(false, false, false);
            try {
                task.run();
            } finally {
                JniUtils.stopProfile(file.toString());
            }
            return read(new ObjectMapper().readTree(file.toFile()));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static OperatorTrace read(JsonNode trace) {
        List<Event> events = new ArrayList<>();
        for (JsonNode node : trace.isArray() ? trace : trace.path("traceEvents")) {
            String name = node.path("name").asText();
            if (name.startsWith(PREFIX)) {
                double start = node.path("ts").asDouble();
                events.add(new Event(
                        name.substring(PREFIX.length()),
                        start,
                        start + node.path("dur").asDouble()));
            }
        }
        events.sort(Comparator.comparingDouble(Event::start).thenComparing(Event::end, Comparator.reverseOrder()));
        return new OperatorTrace(events.size(), 0, Map.of()).withKernels(events);
    }

    private OperatorTrace withKernels(List<Event> events) {
        Map<String, Integer> names = new TreeMap<>();
        Deque<Open> open = new ArrayDeque<>();
        for (Event event : events) {
            while (!open.isEmpty() && open.peek().event.end() < event.end()) {
                close(open, names);
            }
            open.push(new Open(event));
        }
        while (!open.isEmpty()) {
            close(open, names);
        }
        int sum = names.values().stream().mapToInt(Integer::intValue).sum();
        return new OperatorTrace(calls, sum, names);
    }

    /** An operator under way. */
    private static final class Open {
        private final Event event;
        private boolean hasKernels;

        Open(Event event) {
            this.event = event;
        }
    }

    private static void close(Deque<Open> open, Map<String, Integer> names) {
        Open done = open.pop();
        if (!done.hasKernels && !NO_KERNELS.contains(done.event.name())) {
            names.merge(done.event.name(), 1, Integer::sum);
            done.hasKernels = true;
        }
        if (done.hasKernels && !open.isEmpty()) {
            open.peek().hasKernels = true;
        }
    }
}
