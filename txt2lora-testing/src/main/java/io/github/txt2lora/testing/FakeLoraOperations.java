package io.github.txt2lora.testing;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.file.AtomicFile;
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
import io.github.txt2lora.ops.OperationProgress;
import io.github.txt2lora.ops.RankRule;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * LoRA operations that look into no file: every file that is there is a LoRA with the same modules, and an output is a
 * copy of the first input, behind which a resized one has its settings. So a test of an application needs neither
 * libtorch nor a LoRA. Calls, listeners and exceptions are as {@link LoraOperations} says, since they pass the same
 * contract tests as the real ones.
 */
public final class FakeLoraOperations implements LoraOperations {

    private static final Logger LOG = System.getLogger(FakeLoraOperations.class.getName());

    private static final String ENDING = ".safetensors";
    private static final String HASH = "0".repeat(64);

    /** The share that a smaller rank keeps, whatever the rank. */
    private static final double RETAINED = 0.9;

    private final List<LoraInfo.Module> modules;
    private final Map<Path, Txt2LoraException> failures;
    private final List<Path> outputs = new ArrayList<>();
    private boolean closed;

    private FakeLoraOperations(Builder builder) {
        this.modules = List.copyOf(builder.modules);
        this.failures = Map.copyOf(builder.failures);
    }

    /** A builder of operations whose LoRAs have two modules of rank 4. */
    public static Builder builder() {
        return new Builder();
    }

    /** The files that were written, in that order. */
    public synchronized List<Path> outputs() {
        return List.copyOf(outputs);
    }

    @Override
    public synchronized LoraInfo inspect(Path file) {
        requireReadable(file);
        return new LoraInfo(
                file,
                LoraNaming.KOHYA,
                Set.of("F16"),
                modules,
                Map.of("ss_output_name", nameOf(file)),
                verifyHash(file),
                List.of());
    }

    private static String nameOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    }

    @Override
    public synchronized HashCheck verifyHash(Path file) {
        requireReadable(file);
        return HashCheck.of(HASH, Optional.of(HASH));
    }

    @Override
    public synchronized ResizedLora resize(Path input, Path output, ResizeSpec spec, OperationListener... listeners) {
        Check.given("spec", spec);
        write(List.of(input), output, spec.toString(), listeners);
        return new ResizedLora(
                output, modules.stream().map(module -> resized(module, spec)).toList(), Map.of());
    }

    private static ResizedModule resized(LoraInfo.Module module, ResizeSpec spec) {
        int wanted = spec.rule() instanceof RankRule.Fixed fixed ? fixed.rank() : Math.max(1, module.rank() / 2);
        int rank = Math.min(module.rank(), Math.min(wanted, spec.maxRank().orElse(Integer.MAX_VALUE)));
        double retained = rank == module.rank() ? 1 : RETAINED;
        return new ResizedModule(
                module.name(), module.rank(), rank, module.alpha() / module.rank() * rank, retained, retained, 1);
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
        return files.stream()
                .map(file -> resize(file, outputFolder.resolve(String.valueOf(file.getFileName())), spec, listeners))
                .toList();
    }

    private static List<Path> filesOf(Path folder) {
        requireFolder("input folder", folder);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ENDING))
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
    public synchronized MergedLora merge(LoraMerge merge, OperationListener... listeners) {
        write(
                merge.loras().stream().map(lora -> lora.file()).toList(),
                merge.output(),
                merge.resize().map(ResizeSpec::toString).orElse(""),
                listeners);
        return new MergedLora(
                inspect(merge.output()),
                merge.resize()
                        .map(spec -> modules.stream()
                                .map(module -> resized(module, spec))
                                .toList())
                        .orElse(List.of()));
    }

    @Override
    public synchronized MergedCheckpoint mergeIntoCheckpoint(CheckpointMerge merge, OperationListener... listeners) {
        List<Path> inputs = new ArrayList<>(List.of(merge.checkpoint()));
        merge.loras().forEach(lora -> inputs.add(lora.file()));
        write(inputs, merge.output(), "", listeners);
        return new MergedCheckpoint(merge.output(), modules.size(), 0);
    }

    @Override
    public synchronized LoraInfo convert(
            Path input, Path output, LoraConversion conversion, OperationListener... listeners) {
        Check.given("conversion", conversion);
        write(List.of(input), output, "", listeners);
        return inspect(output);
    }

    @Override
    public synchronized LoraInfo editMetadata(Path input, Path output, MetadataEdit edit) {
        LoraInfo before = inspect(input);
        write(List.of(input), output, "");
        return new LoraInfo(
                output,
                before.naming(),
                before.numberFormats(),
                before.modules(),
                edit.applyTo(before.metadata()),
                before.hash(),
                before.warnings());
    }

    private void write(List<Path> inputs, Path output, String appended, OperationListener... listeners) {
        inputs.forEach(this::requireReadable);
        for (int done = 1; done <= modules.size(); done++) {
            tell(
                    new OperationProgress(
                            output, done, modules.size(), modules.get(done - 1).name()),
                    listeners);
            requireWanted();
        }
        requireNoFailure(output);
        try {
            var content = new ByteArrayOutputStream();
            content.write(Files.readAllBytes(inputs.get(0)));
            content.write(appended.getBytes(StandardCharsets.UTF_8));
            AtomicFile.write(output, channel -> channel.write(ByteBuffer.wrap(content.toByteArray())));
        } catch (IOException e) {
            throw new StorageException(inputs.get(0) + " cannot be read: " + e, e);
        }
        outputs.add(output);
    }

    private static void tell(OperationProgress progress, OperationListener... listeners) {
        for (OperationListener listener : listeners) {
            try {
                listener.onProgress(progress);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a listener failed at " + progress, e);
            }
        }
    }

    private void requireReadable(Path file) {
        if (closed) {
            throw new Txt2LoraException("the LoRA operations are closed; open others with LoraOperations.open()");
        }
        requireWanted();
        requireNoFailure(file);
        if (!Files.isRegularFile(file)) {
            throw new StorageException(file + " does not exist; expected a .safetensors file");
        }
    }

    private void requireNoFailure(Path file) {
        Txt2LoraException failure = failures.get(file);
        if (failure != null) {
            throw failure;
        }
    }

    private static void requireWanted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new Txt2LoraException("the operation was broken off because its thread was interrupted");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    /** Collects what {@link FakeLoraOperations} do. */
    public static final class Builder {

        private static final int RANK = 4;
        private static final int WIDTH = 320;

        private final List<LoraInfo.Module> modules = new ArrayList<>();
        private final Map<Path, Txt2LoraException> failures = new HashMap<>();

        private Builder() {
            modules("unet.mid_block.attentions.0.proj_in", "unet.mid_block.attentions.0.proj_out");
        }

        /** The modules that every LoRA has, each of rank 4, by their layers. */
        public Builder modules(String... layers) {
            modules.clear();
            for (String layer : layers) {
                modules.add(new LoraInfo.Module(
                        "lora_" + layer.replace('.', '_'),
                        layer,
                        RANK,
                        RANK,
                        List.of((long) RANK, (long) WIDTH),
                        WIDTH));
            }
            return this;
        }

        /** Lets whatever reads or writes a file fail. */
        public Builder failOn(Path file, Txt2LoraException exception) {
            failures.put(Check.given("file", file), Check.given("exception", exception));
            return this;
        }

        /** Opens the operations. */
        public FakeLoraOperations build() {
            return new FakeLoraOperations(this);
        }
    }
}
