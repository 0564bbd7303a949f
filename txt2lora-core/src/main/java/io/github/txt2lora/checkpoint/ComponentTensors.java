package io.github.txt2lora.checkpoint;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.internal.Excerpt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of one network in its file, asked for by diffusers' names.
 *
 * @param file the file or folder, for messages
 * @param prefix prefix of the network's keys in the file
 * @param byKey the tensors of the network by their keys without the prefix
 * @param keyMap the layout of the file
 * @param ignorable tells the keys (without the prefix) that may be there unused
 */
record ComponentTensors(
        Path file,
        Component component,
        String prefix,
        Map<String, TensorView> byKey,
        KeyMap keyMap,
        Predicate<String> ignorable) {

    /** The number of keys that a message names before it only counts. */
    private static final int NAMED_KEYS = 5;

    Optional<TensorView> find(String diffusersName) {
        KeyMap.KeySource source = keyMap.source(diffusersName);
        TensorView tensor = byKey.get(source.key());
        return tensor == null
                ? Optional.empty()
                : Optional.of(source.conversion().apply(tensor));
    }

    /** Whether one of the tensors is there; asks for several so that a module counts even when one is lost. */
    boolean hasAny(String... diffusersNames) {
        for (String name : diffusersNames) {
            if (byKey.containsKey(keyMap.source(name).key())) {
                return true;
            }
        }
        return false;
    }

    /**
     * The size of one axis of a tensor that every such network has.
     *
     * @throws CheckpointException when the tensor is missing or has not that axis
     */
    int size(String diffusersName, int axis) {
        TensorView tensor =
                find(diffusersName).orElseThrow(() -> failure("missing tensor '%s'".formatted(fileKey(diffusersName))));
        if (axis >= tensor.shape().size()
                || tensor.shape().get(axis) < 1
                || tensor.shape().get(axis) > Integer.MAX_VALUE) {
            throw failure("tensor '%s' has shape %s; expected axis %d to have a size of at least 1"
                    .formatted(fileKey(diffusersName), tensor.shape(), axis));
        }
        return Math.toIntExact(tensor.shape().get(axis));
    }

    /** Further keys that may be there unused. */
    ComponentTensors ignoring(Predicate<String> more) {
        return new ComponentTensors(file, component, prefix, byKey, keyMap, ignorable.or(more));
    }

    /**
     * The tensors of a structure, each under its diffusers name.
     *
     * @param expected names and shapes
     * @throws CheckpointException when a tensor is missing, left over, of another shape or not of a float type
     */
    Map<String, TensorView> matched(Map<String, List<Long>> expected) {
        Map<String, TensorView> matched = new LinkedHashMap<>();
        Set<String> used = new HashSet<>();
        List<String> missing = new ArrayList<>();
        expected.forEach((name, shape) -> {
            used.add(keyMap.source(name).key());
            find(name).ifPresentOrElse(tensor -> matched.put(name, tensor), () -> missing.add(fileKey(name)));
        });
        List<String> unexpected = byKey.keySet().stream()
                .filter(key -> !used.contains(key) && !ignorable.test(key))
                .map(key -> prefix + key)
                .toList();
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw failure("%s of %d expected tensors".formatted(listed(missing, unexpected), expected.size()));
        }
        expected.forEach((name, shape) -> requireFits(name, matched.get(name), shape));
        return Collections.unmodifiableMap(matched);
    }

    private static String listed(List<String> missing, List<String> unexpected) {
        List<String> parts = new ArrayList<>();
        if (!unexpected.isEmpty()) {
            parts.add(unexpected.size() + " unexpected " + first(unexpected));
        }
        parts.add(missing.isEmpty() ? "0 missing" : missing.size() + " missing " + first(missing));
        return String.join(", ", parts);
    }

    private static String first(List<String> keys) {
        List<String> named = keys.stream().limit(NAMED_KEYS).map(Excerpt::of).toList();
        return "(%s%s)".formatted(String.join(", ", named), keys.size() > NAMED_KEYS ? ", ..." : "");
    }

    private void requireFits(String name, @Nullable TensorView tensor, List<Long> shape) {
        if (tensor == null || !tensor.shape().equals(shape)) {
            throw failure("tensor '%s' has shape %s; expected %s"
                    .formatted(fileKey(name), tensor == null ? "none" : tensor.shape(), shape));
        }
        if (!tensor.type().isFloat()) {
            throw failure("tensor '%s' has element type %s; expected F32, F16 or BF16: use an unquantised variant"
                    .formatted(fileKey(name), tensor.type()));
        }
    }

    private String fileKey(String diffusersName) {
        return prefix + keyMap.source(diffusersName).key();
    }

    /**
     * Checks that there can be as many layers as numbered names announce, before all their tensors are listed.
     *
     * @param layers in each of the levels
     * @throws CheckpointException when there are fewer tensors than layers
     */
    void requireRoomFor(int levels, int layers) {
        if ((long) levels * layers > byKey.size()) {
            throw failure("its names announce %d x %d layers, but it has only %d tensors; it is damaged or incomplete"
                    .formatted(levels, layers, byKey.size()));
        }
    }

    CheckpointException failure(String problem) {
        return new CheckpointException("%s (%s): %s".formatted(file, component.folderName(), problem));
    }
}
