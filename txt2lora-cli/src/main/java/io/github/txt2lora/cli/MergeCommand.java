package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.image.LoraWeight;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.ops.CheckpointMerge;
import io.github.txt2lora.ops.LoraMerge;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MergedCheckpoint;
import io.github.txt2lora.ops.MergedLora;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora merge}. */
@Command(
        name = "merge",
        description = {
            "Merges several LoRAs into one with their combined effect. With --checkpoint, adds them"
                    + " to the weights of a model.",
            "The rank of the new LoRA is the sum of the ranks, unless a rule reduces it."
        },
        footer = {
            "  txt2lora merge krnkmd.safetensors:0.7 tyankmk.safetensors:0.7 \\",
            "      -o both.safetensors --rank 8",
            "  txt2lora merge krnkmd.safetensors --checkpoint anime.safetensors \\",
            "      -o maid.safetensors"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class MergeCommand implements Callable<Integer> {

    @Parameters(
            arity = "1..*",
            paramLabel = "LORA[:WEIGHT]",
            converter = LoraWeightConverter.class,
            description = "A LoRA and its weight, which may be negative. Default weight: 1. Two weights, 0.5:1, are"
                    + " for the text encoders and the UNet.")
    private List<LoraWeight> loras;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The file to write. It replaces an existing file.")
    private Path target;

    @Option(
            names = "--checkpoint",
            paramLabel = "MODEL",
            description = "The model to add the LoRAs to, a .safetensors file.")
    private @Nullable Path checkpoint;

    @ArgGroup
    private @Nullable RankRuleChoice choice;

    @Mixin
    private RankLimits limits;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            description = "Number format of the new LoRA: ${COMPLETION-CANDIDATES}. Default: that of the inputs, or"
                    + " FP32 if they differ.")
    private @Nullable Precision precision;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Output output = common.output();
        if (checkpoint != null) {
            mergeIntoCheckpoint(checkpoint, output);
        } else {
            mergeLoras(output);
        }
        return ExitCode.OK;
    }

    private void mergeIntoCheckpoint(Path model, Output output) {
        if (choice != null || limits.areGiven() || precision != null) {
            throw common.misuse("--checkpoint is given with an option that is for a new LoRA (a rule for its rank, a"
                    + " limit or --precision); expected only one of them");
        }
        MergedCheckpoint merged;
        try (LoraOperations operations = LoraOperations.open();
                Progress progress = output.progress("Merging")) {
            merged = operations.mergeIntoCheckpoint(
                    new CheckpointMerge(model, loras, target), new OperationReport(output, progress));
        }
        output.result(
                JsonLine.result()
                        .put("file", merged.file())
                        .put("changedTensors", merged.changedTensors())
                        .put("copiedTensors", merged.copiedTensors()),
                merged.file() + ": " + Count.of(merged.changedTensors(), "tensor") + " changed, "
                        + merged.copiedTensors() + " copied");
    }

    private void mergeLoras(Output output) {
        LoraMerge merge = merge();
        MergedLora merged;
        try (LoraOperations operations = LoraOperations.open();
                Progress progress = output.progress("Merging")) {
            merged = operations.merge(merge, new OperationReport(output, progress));
        }
        LoraDescription description = new LoraDescription(merged.lora());
        output.result(description.json(JsonLine.result()), description.summary());
    }

    private LoraMerge merge() {
        if (choice == null && limits.areGiven()) {
            throw common.misuse("a limit for ranks is given without a rule; expected --rank or --sv-... beside it");
        }
        try {
            LoraMerge merge = LoraMerge.of(loras, target);
            merge = choice == null ? merge : merge.withResize(limits.resizeBy(choice.rule()));
            return precision == null ? merge : merge.withPrecision(precision);
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }
}
