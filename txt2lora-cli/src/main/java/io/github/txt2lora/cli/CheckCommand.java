package io.github.txt2lora.cli;

import io.github.txt2lora.LoraTraining;
import io.github.txt2lora.MemoryFit;
import io.github.txt2lora.MemoryPlan;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.batch.Estimate;
import io.github.txt2lora.batch.Preflight;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.internal.Excerpt;
import io.github.txt2lora.internal.file.ByteSize;
import io.github.txt2lora.ops.DeviceReport;
import io.github.txt2lora.workspace.LecoConfigFile;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code txt2lora check}. */
@Command(
        name = "check",
        description = {
            "Checks settings, prompts, models and disk space of a training, and estimates memory and"
                    + " time. Changes and downloads nothing.",
            "With --device, checks that the device computes what the CPU does, on a small model that comes with the"
                    + " program. The trainings of WORKSPACE or CONFIG.yaml, or one on --model, then make two"
                    + " iterations on it, which tells their memory and time."
        },
        exitCodeListHeading = Txt2LoraCommand.EXIT_CODES,
        exitCodeList = {
            "0:Everything is ready.",
            "1:A LoRA cannot be trained, or the device failed a check; all reasons are printed.",
            "2:The command line is wrong, or the workspace or LoRA does not exist."
        },
        footer = {
            "  txt2lora check Txt2Lora --all",
            "  txt2lora check leco/config.yaml",
            "  txt2lora check --device cuda --model anime.safetensors --resolution 512"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what has a default
final class CheckCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "WORKSPACE|CONFIG.yaml",
            arity = "0..1",
            description = "The folder of a workspace, or a configuration in LECO's layout. Default: the current folder;"
                    + " none with --device.")
    private @Nullable Path path;

    @Mixin
    private LoraChoice choice;

    @Mixin
    private SettingOptions settings;

    @Mixin
    private DeviceCheckOptions device;

    @Mixin
    private CommonOptions common;

    private final List<String> warnings = new ArrayList<>();

    @Override
    public Integer call() {
        if (device.isGiven()) {
            return checkDevice();
        }
        device.rejectWithoutDevice(common);
        Path checked = path == null ? Path.of(".") : path;
        Preflight check = Files.isRegularFile(checked)
                ? Preflight.check(configuration(checked), warnings, device.engine())
                : Preflight.check(workspace(checked), choice.options(), device.engine());
        common.output().result(json(check), text(check));
        return check.isPassed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private Integer checkDevice() {
        if (path == null && choice.isGiven()) {
            throw common.misuse("--names, --all and --together are given, but no workspace; expected a workspace too");
        }
        List<LoraTraining> trainings = new ArrayList<>(device.trainings(common));
        if (path != null) {
            trainings.addAll(trainings(path));
        }
        DeviceReport report = new DeviceCheckRun(common.output()).run(device.engine(), trainings);
        return report.passed() ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private List<LoraTraining> trainings(Path given) {
        if (Files.isRegularFile(given)) {
            return List.of(configuration(given));
        }
        Workspace workspace = workspace(given);
        return choice.options().choose(workspace.names()).stream()
                .map(name -> workspace.training(workspace.load(name, common.output()::warn)))
                .toList();
    }

    private Workspace workspace(Path folder) {
        return Workspace.open(folder).withSettings(settings.values());
    }

    private LoraTraining configuration(Path file) {
        if (choice.isGiven()) {
            throw common.misuse("--names, --all and --together are for workspaces, but " + file
                    + " is no folder; expected a workspace or none of them");
        }
        return LecoConfigFile.read(file, settings.values()).toTraining(warnings::add);
    }

    private static JsonLine json(Preflight check) {
        return JsonLine.result()
                .put("passed", check.isPassed())
                .put("problems", check.problems())
                .put("warnings", check.warnings())
                .put("memoryBytes", check.memoryBytes())
                .put("seconds", check.time().toSeconds())
                .putParts(
                        "prompts",
                        check.prompts().entrySet().stream()
                                .map(lora -> json(lora.getKey(), lora.getValue()))
                                .toList())
                .putParts(
                        "loras",
                        check.estimates().stream().map(CheckCommand::json).toList());
    }

    /** The spelling of a target in a prompt, if it differs from the target. */
    private static String inWebUi(PromptPair pair) {
        String written = new PlainWords(pair.target()).asPrompt();
        return pair.preserves() || written.equals(pair.target()) ? "" : "; in a web UI write " + Excerpt.of(written);
    }

    private static JsonLine json(String name, List<PromptPair> prompts) {
        return JsonLine.part()
                .put("name", name)
                .put("inWords", prompts.stream().map(PromptPair::inWords).toList());
    }

    private static JsonLine json(Estimate estimate) {
        return JsonLine.part()
                .put("name", estimate.name())
                .put("family", estimate.family())
                .put("memoryBytes", estimate.memoryBytes())
                .put("trainingSeconds", estimate.trainingTime().toSeconds())
                .put("previewSeconds", estimate.previewTime().toSeconds())
                .put("diskBytes", estimate.diskBytes())
                .put("memoryPlan", estimate.training().memoryPlan().inWords())
                .putParts(
                        "memoryFits",
                        estimate.training().memoryFits().stream()
                                .map(CheckCommand::json)
                                .toList());
    }

    private static JsonLine json(MemoryFit fit) {
        return JsonLine.part()
                .put("device", fit.device())
                .put("deviceBytes", fit.deviceBytes())
                .put("precision", fit.precision().name())
                .put("resolution", fit.resolution())
                .put("bytes", fit.bytes())
                .put("fits", fit.plan().isPresent())
                .put("plan", fit.plan().map(MemoryPlan::inWords));
    }

    private static String text(Preflight check) {
        List<String> lines = new ArrayList<>();
        check.prompts().forEach((name, prompts) -> {
            lines.add(name + ":");
            prompts.forEach(pair -> lines.add("  " + pair.inWords() + inWebUi(pair)));
        });
        for (Estimate estimate : check.estimates()) {
            lines.add(estimate.name() + ": " + estimate.family() + ", about "
                    + ByteSize.text(estimate.memoryBytes()) + " of memory with samples "
                    + estimate.training().memoryPlan().inWords() + " and, on the CPU, "
                    + time(estimate.trainingTime().plus(estimate.previewTime())));
            lines.addAll(MemoryTable.lines(estimate.training().memoryFits()));
        }
        check.warnings().forEach(warning -> lines.add("Warning: " + warning));
        check.problems().forEach(problem -> lines.add("Problem: " + problem));
        lines.add(check.isPassed() ? "Ready, for about " + time(check.time()) : "Not ready");
        return String.join(System.lineSeparator(), lines);
    }

    private static String time(Duration time) {
        return time.toMinutes() < 60
                ? Math.max(1, time.toMinutes()) + " min"
                : String.format(Locale.ROOT, "%.1f h", time.toMinutes() / 60.0);
    }
}
