package io.github.txt2lora.leco.state;

import io.github.txt2lora.CheckpointException;
import io.github.txt2lora.checkpoint.ElementType;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.Excerpt;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A {@link TrainingState} as a safetensors file: arrays as tensors, the rest as metadata, and a SHA-256 of the tensors'
 * bytes, so that a damaged file is not taken for a state.
 */
public final class TrainingStateFile {

    private static final String FORMAT = "txt2lora.state";
    private static final String VERSION = "1";
    private static final String DATA_HASH = "data_sha256";
    private static final String SETTING = "setting.";
    private static final String WARNING = "warning.";
    private static final String LOSSES = "losses";

    /** The state to go back to is kept under names that begin so. */
    private static final String LAST_GOOD = "last_good.";

    private TrainingStateFile() {}

    /**
     * Writes the state; the file appears under its name only when it is whole.
     *
     * @throws io.github.txt2lora.StorageException if it cannot be written
     */
    public static void write(Path file, TrainingState state) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(FORMAT, VERSION);
        metadata.put("started", state.started().toString());
        metadata.put("elapsed", state.elapsed().toString());
        metadata.put("recoveries", Integer.toString(state.trainer().recoveries()));
        state.fingerprint().forEach((name, value) -> metadata.put(SETTING + name, value));
        for (int i = 0; i < state.warnings().size(); i++) {
            metadata.put(WARNING + i, state.warnings().get(i));
        }
        List<TensorView> tensors = new ArrayList<>();
        tensors.add(TensorView.of(
                LOSSES, state.losses().stream().mapToDouble(Double::doubleValue).toArray()));
        GapStateTensors.put(state.gaps(), tensors);
        TrainerStateTensors.put("", state.trainer().trainer(), metadata, tensors);
        TrainerState lastGood = state.trainer().lastGood();
        if (lastGood != null) {
            TrainerStateTensors.put(LAST_GOOD, lastGood, metadata, tensors);
        }
        List<SafetensorsEntry> entries = entries(tensors);
        metadata.put(DATA_HASH, SafetensorsHashes.sha256OfTensorData(entries));
        SafetensorsWriter.write(file, metadata, entries);
    }

    /**
     * Reads a state into memory of the host.
     *
     * @throws CheckpointException if the file is damaged or no state of a training
     * @throws io.github.txt2lora.StorageException if it cannot be read
     */
    public static TrainingState read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Map<String, String> metadata = file.metadata();
            if (!VERSION.equals(metadata.get(FORMAT))) {
                throw new CheckpointException(path + " has no metadata " + FORMAT + " = " + VERSION
                        + "; expected the state of a training by this version of txt2lora");
            }
            String hash = SafetensorsHashes.sha256OfTensorData(entries(file.tensors()));
            if (!hash.equals(metadata.get(DATA_HASH))) {
                throw new CheckpointException(path + " is damaged: its data has the SHA-256 " + hash + "; expected "
                        + Excerpt.of(metadata.getOrDefault(DATA_HASH, "one in its metadata"))
                        + ". Delete it, so that an earlier state is used");
            }
            var fields = new StateFields(path, metadata);
            TrainerState trainer = TrainerStateTensors.take("", file, fields);
            TrainerState lastGood = fields.has(LAST_GOOD) ? TrainerStateTensors.take(LAST_GOOD, file, fields) : null;
            List<Double> losses = losses(file, trainer.iteration());
            return new TrainingState(
                    new RecoverableState(trainer, lastGood, fields.count("recoveries")),
                    GapStateTensors.take(file),
                    losses,
                    fields.numbered(WARNING),
                    fields.parsed("started", Instant::parse, "a time such as 2026-01-02T03:04:05Z"),
                    fields.parsed("elapsed", Duration::parse, "a duration such as PT1H2M"),
                    fields.beginningWith(SETTING));
        }
    }

    private static List<SafetensorsEntry> entries(Iterable<TensorView> tensors) {
        List<SafetensorsEntry> entries = new ArrayList<>();
        tensors.forEach(tensor -> entries.add(SafetensorsEntry.of(tensor.name(), tensor)));
        return entries;
    }

    private static List<Double> losses(SafetensorsFile file, int iterations) {
        TensorView tensor = file.tensor(LOSSES);
        if (tensor.type() != ElementType.F64 || !tensor.shape().equals(List.of((long) iterations))) {
            throw new CheckpointException(file.path() + " holds losses " + tensor + "; expected F64 [" + iterations
                    + "], one for each iteration");
        }
        ByteBuffer bytes = tensor.bytes();
        List<Double> losses = new ArrayList<>();
        while (bytes.hasRemaining()) {
            losses.add(bytes.getDouble());
        }
        return losses;
    }
}
