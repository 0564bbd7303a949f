package io.github.txt2lora.lora;

import io.github.txt2lora.checkpoint.Checkpoint;
import io.github.txt2lora.checkpoint.Component;
import io.github.txt2lora.checkpoint.ModelFamily;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.TensorView;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The places of the layers of a checkpoint in its file. */
final class CheckpointLayers {

    private static final String WEIGHT = ".weight";

    /** The one matrix that OpenCLIP multiplies by from the other side; others' keys end with {@code .weight}. */
    private static final String OPEN_CLIP_PROJECTION = "text_projection";

    /** OpenCLIP keeps query, key and value as the thirds of one tensor, in this order. */
    private static final List<String> THIRDS = List.of(".q_proj", ".k_proj", ".v_proj");

    private final ModelFamily family;
    private final Map<LayerName, Place> places = new HashMap<>();

    private CheckpointLayers(ModelFamily family) {
        this.family = family;
    }

    /**
     * A layer's weights.
     *
     * @param key the tensor in the file
     * @param firstRow first row of the layer in it
     * @param transposed whether the tensor has the layer's inputs as its rows
     * @param shape the layer's shape
     */
    record Place(String key, int firstRow, boolean transposed, List<Long> shape) {}

    /**
     * Reads the header of a checkpoint in one file.
     *
     * @throws io.github.txt2lora.CheckpointException if it is none
     */
    static CheckpointLayers of(Path path, SafetensorsFile file) {
        try (Checkpoint checkpoint = Checkpoint.openFile(path)) {
            var layers = new CheckpointLayers(checkpoint.family());
            layers.add(checkpoint, file, Component.UNET);
            layers.add(checkpoint, file, Component.TEXT_ENCODER);
            if (checkpoint.family().has(Component.TEXT_ENCODER_2)) {
                layers.add(checkpoint, file, Component.TEXT_ENCODER_2);
            }
            return layers;
        }
    }

    private void add(Checkpoint checkpoint, SafetensorsFile file, Component network) {
        checkpoint.tensors(network).forEach((name, view) -> {
            if (name.endsWith(WEIGHT) && view.shape().size() > 1) {
                String path = name.substring(0, name.length() - WEIGHT.length());
                places.put(new LayerName(network, path), place(file, path, view));
            }
        });
    }

    private static Place place(SafetensorsFile file, String path, TensorView view) {
        if (view.name().endsWith(OPEN_CLIP_PROJECTION)) {
            return new Place(view.name(), 0, true, view.shape());
        }
        boolean fused =
                !file.tensor(view.name()).shape().get(0).equals(view.shape().get(0));
        int third = fused ? third(path) : 0;
        return new Place(view.name(), third * Math.toIntExact(view.shape().get(0)), false, view.shape());
    }

    private static int third(String path) {
        return THIRDS.indexOf(path.substring(path.lastIndexOf('.')));
    }

    /** The model's family. */
    ModelFamily family() {
        return family;
    }

    /** The place of a layer, if the checkpoint has it. */
    Optional<Place> find(LayerName layer) {
        return Optional.ofNullable(places.get(layer));
    }
}
