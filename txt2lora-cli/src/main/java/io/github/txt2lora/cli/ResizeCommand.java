package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.Precision;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.internal.Rounded;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.OperationListener;
import io.github.txt2lora.ops.ResizeSpec;
import io.github.txt2lora.ops.ResizedLora;
import io.github.txt2lora.ops.ResizedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora resize}. */
@Command(
        name = "resize",
        description = "Reduces the rank of a LoRA, or of all LoRAs of a folder, by singular value" + " decomposition.",
        footer = "  txt2lora resize krnkmd.safetensors small.safetensors --sv-fro 0.95")
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ResizeCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "INPUT", description = "A LoRA, or a folder with LoRAs.")
    private Path input;

    @Parameters(
            index = "1",
            paramLabel = "OUTPUT",
            description = "The file to write, or an existing folder for files of the same names. May be the input.")
    private Path target;

    @ArgGroup(multiplicity = "1")
    private RankRuleChoice choice;

    @Mixin
    private RankLimits limits;

    @Option(
            names = "--precision",
            paramLabel = "FORMAT",
            description = "Number format of the file: ${COMPLETION-CANDIDATES}. Default: that of the input.")
    private @Nullable Precision precision;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        ResizeSpec spec = spec();
        Output output = common.output();
        List<ResizedLora> resized;
        try (LoraOperations operations = LoraOperations.open();
                Progress progress = output.progress("Resizing")) {
            OperationListener listener = new OperationReport(output, progress);
            resized = Files.isDirectory(input)
                    ? operations.resizeFolder(input, target, spec, listener)
                    : List.of(operations.resize(input, target, spec, listener));
        }
        output.result(
                JsonLine.result()
                        .putParts(
                                "loras",
                                resized.stream().map(ResizeCommand::json).toList()),
                String.join(
                        System.lineSeparator(),
                        resized.stream().map(ResizeCommand::text).toList()));
        return ExitCode.OK;
    }

    private ResizeSpec spec() {
        try {
            ResizeSpec spec = limits.resizeBy(choice.rule());
            return precision == null ? spec : spec.withPrecision(precision);
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }

    private static JsonLine json(ResizedLora lora) {
        return JsonLine.part()
                .put("file", lora.file())
                .put("meanFrobeniusRetained", lora.meanFrobeniusRetained())
                .putParts(
                        "modules",
                        lora.modules().stream().map(ResizeCommand::json).toList());
    }

    private static JsonLine json(ResizedModule module) {
        return JsonLine.part()
                .put("name", module.name())
                .put("oldRank", module.oldRank())
                .put("rank", module.rank())
                .put("alpha", module.alpha())
                .put("sumRetained", module.sumRetained())
                .put("frobeniusRetained", module.frobeniusRetained())
                .put("maxRatio", module.maxRatio());
    }

    private static String text(ResizedLora lora) {
        IntSummaryStatistics ranks =
                lora.modules().stream().mapToInt(ResizedModule::rank).summaryStatistics();
        double retained = lora.meanFrobeniusRetained();
        String kept =
                Double.isNaN(retained) ? "all of them zero" : Rounded.percent(retained) + " of the Frobenius norm kept";
        return "%s: %s, rank %d to %d, %s"
                .formatted(
                        lora.file(), Count.of(lora.modules().size(), "module"), ranks.getMin(), ranks.getMax(), kept);
    }
}
