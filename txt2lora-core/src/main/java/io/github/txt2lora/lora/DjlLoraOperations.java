package io.github.txt2lora.lora;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.checkpoint.SafetensorsEntry;
import io.github.txt2lora.checkpoint.SafetensorsFile;
import io.github.txt2lora.checkpoint.SafetensorsHashes;
import io.github.txt2lora.checkpoint.SafetensorsWriter;
import io.github.txt2lora.checkpoint.TensorView;
import io.github.txt2lora.internal.file.RegularFile;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraConversion;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraNaming;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MergedCheckpoint;
import io.github.txt2lora.ops.MergedLora;
import io.github.txt2lora.ops.MetadataEdit;
import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import io.github.txt2lora.torch.ExitHook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The operations, with libtorch for the linear algebra; it is loaded when it is first needed. */
final class DjlLoraOperations implements LoraOperations {

    private static final String ENDING = ".safetensors";
    private static final String MODEL_HASH = "sshs_model_hash";
    private static final String LEGACY_HASH = "sshs_legacy_hash";

    private final OperationTurn turn = new OperationTurn();
    private final ExitHook exitHook = new ExitHook(() -> turn.end(this::free));
    private @Nullable LowRankAlgebra algebra;
    private boolean closed;

    @Override
    public LoraInfo inspect(Path file) {
        return turn.take(() -> {
            requireOpen();
            try (LoraSource lora = LoraSource.open(file)) {
                List<LoraInfo.Module> modules =
                        lora.pairs().stream().map(DjlLoraOperations::describe).toList();
                return new LoraInfo(
                        file,
                        lora.naming(),
                        lora.formats(),
                        modules,
                        lora.metadata(),
                        verifyHash(file),
                        lora.warnings());
            }
        });
    }

    private static LoraInfo.Module describe(LoraPair pair) {
        return new LoraInfo.Module(
                pair.module(),
                pair.name().diffusers(),
                pair.rank(),
                pair.alpha(),
                pair.layer().downShape(pair.rank()),
                pair.layer().outputs());
    }

    @Override
    public HashCheck verifyHash(Path path) {
        return turn.take(() -> {
            requireOpen();
            try (SafetensorsFile file = SafetensorsFile.open(path)) {
                return HashCheck.of(
                        SafetensorsHashes.sha256OfTensorData(copies(file)),
                        Optional.ofNullable(file.metadata().get(MODEL_HASH)));
            }
        });
    }

    private List<SafetensorsEntry> copies(SafetensorsFile file) {
        return file.tensors().stream().map(this::copy).toList();
    }

    private SafetensorsEntry copy(TensorView tensor) {
        return new SafetensorsEntry(tensor.name(), tensor.type(), tensor.shape(), () -> {
            turn.checkpoint();
            return tensor.bytes();
        });
    }

    @Override
    public ResizedLora resize(Path input, Path output, ResizeSpec spec, OperationListener... listeners) {
        return turn.take(() -> {
            requireOpen();
            RegularFile.requireReplaceable(output);
            try (LoraSource lora = LoraSource.open(input)) {
                var progress = new Progress(output, lora.pairs().size(), List.of(listeners), turn);
                lora.warning().ifPresent(progress::warn);
                LoraResizer.Result resized =
                        new LoraResizer(algebra(), spec).resize(lora.pairs(), lora.metadata(), progress);
                Map<String, String> metadata = LoraFile.write(
                        output, lora.naming(), spec.precision(), resized.pairs(), resized.metadata(), silent(output));
                return new ResizedLora(output, resized.statistics(), metadata);
            }
        });
    }

    @Override
    public List<ResizedLora> resizeFolder(
            Path inputFolder, Path outputFolder, ResizeSpec spec, OperationListener... listeners) {
        requireFolder("output folder", outputFolder);
        List<Path> files = filesOf(inputFolder);
        if (files.isEmpty()) {
            throw new InvalidSettingException(
                    "the folder " + inputFolder + " has no " + ENDING + " file; expected LoRAs to resize");
        }
        List<ResizedLora> resized = new ArrayList<>();
        for (Path file : files) {
            resized.add(resize(file, outputFolder.resolve(String.valueOf(file.getFileName())), spec, listeners));
        }
        return List.copyOf(resized);
    }

    private static List<Path> filesOf(Path folder) {
        requireFolder("input folder", folder);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StorageException("the folder " + folder + " cannot be listed: " + e, e);
        }
    }

    private static void requireFolder(String setting, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw InvalidSettingException.of(setting, folder, "an existing folder");
        }
    }

    @Override
    public MergedLora merge(LoraMerge merge, OperationListener... listeners) {
        return turn.take(() -> {
            requireOpen();
            RegularFile.requireReplaceable(merge.output());
            List<WeightedLora> loras = WeightedLora.openAll(merge.loras());
            try {
                var merger = new LoraMerger(loras);
                List<LoraPair> pairs = merger.pairs();
                Map<String, String> metadata = merger.metadata(pairs);
                Path output = merge.output();
                var progress = new Progress(output, pairs.size(), List.of(listeners), turn);
                loras.forEach(lora -> lora.source().warning().ifPresent(progress::warn));
                Optional<Precision> precision =
                        merge.precision().or(() -> merge.resize().flatMap(ResizeSpec::precision));
                LoraNaming naming = loras.get(0).source().naming();
                List<ResizedModule> statistics = List.of();
                if (merge.resize().isPresent()) {
                    LoraResizer.Result resized =
                            new LoraResizer(algebra(), merge.resize().get()).resize(pairs, metadata, progress);
                    LoraFile.write(output, naming, precision, resized.pairs(), resized.metadata(), silent(output));
                    statistics = resized.statistics();
                } else {
                    LoraFile.write(output, naming, precision, pairs, metadata, progress);
                }
                return new MergedLora(inspect(output), statistics);
            } finally {
                loras.forEach(WeightedLora::close);
            }
        });
    }

    @Override
    public MergedCheckpoint mergeIntoCheckpoint(CheckpointMerge merge, OperationListener... listeners) {
        return turn.take(() -> {
            requireOpen();
            RegularFile.requireReplaceable(merge.output());
            List<WeightedLora> loras = WeightedLora.openAll(merge.loras());
            try {
                return new CheckpointMerger(algebra(), loras)
                        .merge(merge.checkpoint(), merge.output(), List.of(listeners), turn);
            } finally {
                loras.forEach(WeightedLora::close);
            }
        });
    }

    @Override
    public LoraInfo convert(Path input, Path output, LoraConversion conversion, OperationListener... listeners) {
        return turn.take(() -> {
            requireOpen();
            try (LoraSource lora = LoraSource.open(input)) {
                var progress = new Progress(output, lora.pairs().size(), List.of(listeners), turn);
                lora.requireKnownLayers();
                lora.warning().ifPresent(progress::warn);
                LoraFile.write(
                        output,
                        conversion.naming().orElse(lora.naming()),
                        conversion.precision(),
                        lora.pairs(),
                        PeftAlphas.without(lora.metadata()),
                        progress);
            }
            return inspect(output);
        });
    }

    @Override
    public LoraInfo editMetadata(Path input, Path output, MetadataEdit edit) {
        return turn.take(() -> {
            requireOpen();
            try (LoraSource lora = LoraSource.open(input);
                    SafetensorsFile file = SafetensorsFile.open(input)) {
                List<SafetensorsEntry> entries = copies(file);
                Map<String, String> metadata = edit.applyTo(lora.metadata());
                if (metadata.containsKey(LEGACY_HASH)) {
                    // It covers the header too. The model hash does not: it continues to tell whether the content is
                    // sound.
                    metadata.put(
                            LEGACY_HASH, SafetensorsHashes.of(metadata, entries).legacy());
                }
                SafetensorsWriter.write(output, metadata, entries);
            }
            return inspect(output);
        });
    }

    private Progress silent(Path output) {
        return new Progress(output, 0, List.of(), turn);
    }

    private LowRankAlgebra algebra() {
        turn.checkpoint();
        if (algebra == null) {
            algebra = new LowRankAlgebra();
        }
        return algebra;
    }

    private void requireOpen() {
        if (closed) {
            throw new Txt2LoraException("the LoRA operations are closed; open others with LoraOperations.open()");
        }
    }

    @Override
    public void close() {
        turn.take(() -> {
            closed = true;
            free();
            return closed;
        });
        exitHook.close();
    }

    private void free() {
        if (algebra != null) {
            algebra.close();
            algebra = null;
        }
    }
}
