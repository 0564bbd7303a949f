package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.ops.HashCheck;
import io.github.txt2lora.ops.LoraInfo;
import io.github.txt2lora.ops.LoraOperations;
import io.github.txt2lora.ops.MetadataEdit;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora info}. */
@Command(
        name = "info",
        description = "Shows the content of a LoRA, checks its hash, and changes its metadata.",
        exitCodeListHeading = Txt2LoraCommand.EXIT_CODES,
        exitCodeList = {
            "0:Done.",
            "1:It failed, for the reason printed, or the content does not match the hash in the file.",
            "2:The command line is wrong."
        },
        footer = {
            "  txt2lora info krnkmd.safetensors",
            "  txt2lora info krnkmd.safetensors --set modelspec.author=me --remove ss_seed"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what is required
final class InfoCommand implements Callable<Integer> {

    @Parameters(paramLabel = "LORA", description = "The file.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Metadata to set. Repeatable.")
    private Map<String, String> values = new LinkedHashMap<>();

    @Option(names = "--remove", paramLabel = "KEY", description = "Metadata to remove. Repeatable.")
    private Set<String> removed = new LinkedHashSet<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The file for the changed metadata. Default: the same file.")
    private @Nullable Path target;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        MetadataEdit edit = edit();
        LoraInfo info;
        try (LoraOperations operations = LoraOperations.open()) {
            info = edit.equals(MetadataEdit.none())
                    ? operations.inspect(file)
                    : operations.editMetadata(file, target == null ? file : target, edit);
        }
        LoraDescription description = new LoraDescription(info);
        info.warnings().forEach(common.output()::warn);
        common.output().result(description.json(JsonLine.result()), description.text());
        return info.hash().result() == HashCheck.Result.DIFFERS ? ExitCode.SOFTWARE : ExitCode.OK;
    }

    private MetadataEdit edit() {
        if (target != null && values.isEmpty() && removed.isEmpty()) {
            throw common.misuse("--output is given although nothing is changed; expected --set or --remove beside it");
        }
        try {
            return new MetadataEdit(values, removed);
        } catch (InvalidSettingException e) {
            throw common.misuse(e);
        }
    }
}
