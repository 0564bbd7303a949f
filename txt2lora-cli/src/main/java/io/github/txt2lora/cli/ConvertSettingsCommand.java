package io.github.txt2lora.cli;

import io.github.txt2lora.internal.Count;
import io.github.txt2lora.workspace.PromptsConversion;
import io.github.txt2lora.workspace.PromptsFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora convert-settings}. */
@Command(
        name = "convert-settings",
        description = "Converts a file of prompts between LECO's YAML, the TOML of kohya's train_leco, and the YAML of"
                + " workspaces. It tells everything that the other program does not do.",
        footer = {
            "  txt2lora convert-settings slider.toml Txt2Lora/prompts/slider.yaml",
            "  txt2lora convert-settings krnkmd.yaml krnkmd.toml",
            "  txt2lora convert-settings slider.toml leco.yaml --to leco"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class ConvertSettingsCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "INPUT",
            description = "Prompts: .toml as kohya's, .yaml as LECO's or a workspace's.")
    private Path input;

    @Parameters(index = "1", paramLabel = "OUTPUT", description = "The file to write, .toml or .yaml.")
    private Path target;

    @Option(
            names = "--to",
            paramLabel = "FORMAT",
            description =
                    "Format of the output: ${COMPLETION-CANDIDATES}. Default: KOHYA for .toml, otherwise TXT2LORA.")
    private @Nullable PromptsFormat format;

    @Option(names = "--force", description = "Replace a file that is there.")
    private boolean force;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Output output = common.output();
        PromptsFormat to = format == null ? PromptsFormat.of(target) : format;
        PromptsConversion conversion = PromptsConversion.read(input, to);
        if (!force && Files.exists(target)) {
            throw common.misuse(target + " is there already; choose another name, or give --force");
        }
        conversion.write(target);
        conversion.warnings().forEach(output::warn);
        if (!output.isJson()) {
            conversion.losses().forEach(loss -> output.warn("lost: " + loss));
        }
        JsonLine line = JsonLine.result()
                .put("file", target)
                .put("format", to.name().toLowerCase(Locale.ROOT))
                .put("pairs", conversion.prompts().size())
                .put("losses", conversion.losses());
        output.result(line, text(conversion));
        return ExitCode.OK;
    }

    private String text(PromptsConversion conversion) {
        return "Wrote " + target + " with " + Count.of(conversion.prompts().size(), "pair") + " of prompts; "
                + (conversion.losses().isEmpty() ? "nothing is lost" : "what is lost is told above");
    }
}
