package io.github.txt2lora.lora;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.lora.LoraKey.Role;
import io.github.txt2lora.ops.LoraNaming;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An opened LoRA file of whatever naming. The matrices are read when they are asked for. */
final class LoraSource implements AutoCloseable {

    /** Embeddings that trainers put into the file beside the LoRA. */
    private static final String EMBEDDINGS = "bundle_emb.";

    private final SafetensorsFile file;
    private final LoraNaming naming;
    private final List<LoraPair> pairs;
    private final List<String> embeddings = new ArrayList<>();

    private LoraSource(SafetensorsFile file) {
        this.file = file;
        Map<String, Map<Role, TensorView>> modules = modules();
        this.naming = modules.keySet().stream().anyMatch(LayerName::isKohya) ? LoraNaming.KOHYA : LoraNaming.DIFFUSERS;
        this.pairs = pairs(modules);
    }

    /**
     * Opens a file and checks the shapes of all modules.
     *
     * @throws CheckpointException if it is damaged or no LoRA; the message says what it is
     */
    static LoraSource open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new LoraSource(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private Map<String, Map<Role, TensorView>> modules() {
        Map<String, Map<Role, TensorView>> modules = new LinkedHashMap<>();
        for (TensorView tensor : file.tensors()) {
            if (tensor.name().startsWith(EMBEDDINGS)) {
                embeddings.add(tensor.name());
                continue;
            }
            LoraKey key = LoraKey.parse(tensor.name()).orElseThrow(() -> foreign(tensor.name()));
            TensorView other = modules.computeIfAbsent(key.module(), module -> new EnumMap<>(Role.class))
                    .put(key.role(), tensor);
            if (other != null) {
                throw failure("has two tensors for one place, " + Excerpt.quoted(other.name()) + " and "
                        + Excerpt.quoted(tensor.name()) + "; expected one naming throughout");
            }
        }
        if (modules.isEmpty()) {
            throw failure("has no tensors; expected a LoRA");
        }
        return modules;
    }

    private CheckpointException foreign(String key) {
        Optional<String> other = OtherNetwork.kindOf(key);
        if (other.isPresent()) {
            return failure("has the tensor " + Excerpt.quoted(key) + ", so it is another kind of network: "
                    + other.get() + "; expected a LoRA of up and down matrices only");
        }
        return failure("has the tensor " + Excerpt.quoted(key) + ", which is not part of a LoRA; expected names such as"
                + " lora_unet_....lora_down.weight or unet.....lora_A.weight");
    }

    private List<LoraPair> pairs(Map<String, Map<Role, TensorView>> modules) {
        PeftAlphas alphas = PeftAlphas.of(path(), metadata());
        List<LoraPair> result = new ArrayList<>();
        Map<LayerName, String> seen = new HashMap<>();
        modules.forEach((module, tensors) -> {
            LayerName name = LayerName.ofModule(module).orElseThrow(() -> failure(ofNoLayer(module)));
            String other = seen.put(name, module);
            if (other != null) {
                throw failure(
                        "has two modules for one layer, " + Excerpt.quoted(other) + " and " + Excerpt.quoted(module));
            }
            result.add(pair(module, name, tensors, alphas.find(name)));
        });
        return List.copyOf(result);
    }

    private static String ofNoLayer(String module) {
        return "has the module " + Excerpt.quoted(module)
                + ", which is the name of no layer; expected one of Stable Diffusion's UNet or text encoders";
    }

    /**
     * Checks that all modules are for layers of Stable Diffusion.
     *
     * @throws CheckpointException names the first that is not
     */
    void requireKnownLayers() {
        pairs.stream().filter(pair -> !pair.name().isKnown()).findFirst().ifPresent(pair -> {
            throw failure(ofNoLayer(pair.module()));
        });
    }

    private LoraPair pair(
            String module, LayerName name, Map<Role, TensorView> tensors, OptionalDouble alphaOfMetadata) {
        TensorView down = tensors.get(Role.DOWN);
        TensorView up = tensors.get(Role.UP);
        if (down == null || up == null) {
            throw failure("module " + Excerpt.quoted(module) + " has no " + (down == null ? "down" : "up")
                    + " matrix; the file is incomplete");
        }
        requireMatrix(down);
        requireMatrix(up);
        int rank = Math.toIntExact(down.shape().get(0));
        if (up.shape().get(1) != rank || up.elements() != up.shape().get(0) * rank) {
            throw failure(Excerpt.quoted(up.name()) + " has the shape " + up.shape() + "; expected [outputs, " + rank
                    + "] or [outputs, " + rank + ", 1, 1], since " + Excerpt.quoted(down.name()) + " has the shape "
                    + down.shape());
        }
        LayerShape layer = new LayerShape(
                Math.toIntExact(up.shape().get(0)),
                down.shape().subList(1, down.shape().size()));
        double alpha = alpha(tensors.get(Role.ALPHA), alphaOfMetadata.orElse(rank));
        ElementType type = down.type() == up.type() ? down.type() : ElementType.F32;
        return new LoraPair(module, name, layer, rank, alpha, type, () -> finite(down), () -> finite(up));
    }

    private void requireMatrix(TensorView tensor) {
        int axes = tensor.shape().size();
        if ((axes != 2 && axes != 4)
                || tensor.shape().stream().anyMatch(size -> size < 1)
                || tensor.byteSize() > Integer.MAX_VALUE) {
            throw failure(Excerpt.quoted(tensor.name()) + " has the shape " + tensor.shape()
                    + "; expected a matrix or the kernel of a convolution, of less than 2 GiB");
        }
        if (!tensor.type().isFloat()) {
            throw failure(
                    Excerpt.quoted(tensor.name()) + " has the format " + tensor.type() + "; expected F32, F16 or BF16");
        }
    }

    private double alpha(@Nullable TensorView tensor, double otherwise) {
        if (tensor == null) {
            return otherwise;
        }
        if (tensor.elements() != 1 || !tensor.type().isNumber()) {
            throw failure(Excerpt.quoted(tensor.name()) + " is " + tensor.type() + tensor.shape()
                    + "; expected one number, an integer or floating-point");
        }
        double alpha = tensor.toNumber();
        if (!Double.isFinite(alpha)) {
            throw failure(Excerpt.quoted(tensor.name()) + " is " + alpha + "; expected a finite number");
        }
        return alpha;
    }

    private float[] finite(TensorView tensor) {
        float[] values = tensor.toFloats();
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw failure(Excerpt.quoted(tensor.name()) + " is " + values[i] + " at index " + i
                        + "; expected finite numbers: the training that made it has failed, or the file is damaged");
            }
        }
        return values;
    }

    private CheckpointException failure(String problem) {
        return new CheckpointException(path() + ": " + problem);
    }

    Path path() {
        return file.path();
    }

    LoraNaming naming() {
        return naming;
    }

    /** The modules in the order of the file. */
    List<LoraPair> pairs() {
        return pairs;
    }

    /** The formats of the matrices' numbers. */
    Set<String> formats() {
        Set<String> formats = new TreeSet<>();
        for (TensorView tensor : file.tensors()) {
            if (LoraKey.parse(tensor.name())
                    .filter(key -> key.role() != Role.ALPHA)
                    .isPresent()) {
                formats.add(tensor.type().name());
            }
        }
        return formats;
    }

    /** A sentence about the unused parts of the file; empty if there are none. */
    Optional<String> warning() {
        return embeddings.isEmpty()
                ? Optional.empty()
                : Optional.of(path() + " has textual inversion embeddings beside the LoRA, for example "
                        + Excerpt.quoted(embeddings.get(0)) + "; they are left out, as only LoRAs are supported");
    }

    /** Sentences about the parts of the file that this program cannot draw with. */
    List<String> warnings() {
        Stream<String> unknown = pairs.stream()
                .filter(pair -> !pair.name().isKnown())
                .limit(1)
                .map(pair -> path() + " " + ofNoLayer(pair.module()));
        return Stream.concat(warning().stream(), unknown).toList();
    }

    /** SHA-256 of the bytes after the header. */
    String modelHash() {
        return SafetensorsHashes.sha256OfTensorData(file.tensors().stream()
                .map(tensor -> new SafetensorsEntry(tensor.name(), tensor.type(), tensor.shape(), tensor::bytes))
                .toList());
    }

    Map<String, String> metadata() {
        return file.metadata();
    }

    @Override
    public void close() {
        file.close();
    }
}
