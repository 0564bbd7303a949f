package io.github.txt2lora.cli;

import io.github.txt2lora.PromptPair;
import io.github.txt2lora.internal.Count;
import io.github.txt2lora.workspace.LoraDraft;
import io.github.txt2lora.workspace.LoraProject;
import io.github.txt2lora.workspace.LoraTemplate;
import io.github.txt2lora.workspace.NewLoras;
import io.github.txt2lora.workspace.Workspace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code txt2lora add}. */
@Command(
        name = "add",
        description = {
            "Adds LoRAs to a workspace: one by name, or one for each line of a CSV file. All are"
                    + " checked before any is written. Existing LoRAs are not changed.",
            "New LoRAs take all other values from those of the workspace: settings with their"
                    + " comments, resolution, and prompts to preserve.",
            "The list has a line of titles: name, and any of target, positive, neutral, unconditional, action,"
                    + " guidance_scale, resolution, batch_size and the other keys of the two files. It is CSV in UTF-8,"
                    + " separated by commas, semicolons or tabs, as spreadsheets write it. Options hold for cells that"
                    + " are empty."
        },
        footer = {
            "  txt2lora add Txt2Lora tyankmk --positive 'shrine maiden' --neutral 1girl",
            "  txt2lora add Txt2Lora --csv characters.csv --neutral 1girl",
            "  txt2lora train Txt2Lora --all --together 4"
        })
@SuppressWarnings("NullAway.Init") // picocli sets what is required or has a default
final class AddCommand implements Callable<Integer> {

    private static final String EXAMPLE = "krnkmd";

    /** Names that no shell and no list of names takes for something else. */
    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.-]+");

    @Parameters(index = "0", paramLabel = "FOLDER", description = "The folder of the workspace.")
    private Path folder;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The name of the LoRA.")
    private @Nullable String name;

    @Option(names = "--csv", paramLabel = "FILE", description = "A list of characters, instead of NAME.")
    private @Nullable Path table;

    @Mixin
    private DraftOptions draft;

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "The base model: its name in the folder model, or its path. Default: the model of the"
                    + " other LoRAs, or the only one in the folder.")
    private @Nullable String model;

    @Option(
            names = "--like",
            paramLabel = "LORA",
            description = "The LoRA to take values from. Required if the LoRAs of the workspace differ.")
    private @Nullable String like;

    @Option(
            names = "--force",
            description = "Change existing LoRAs: replace these prompts and settings, and keep their other settings"
                    + " and comments.")
    private boolean force;

    @Mixin
    private CommonOptions common;

    @Override
    public Integer call() {
        Map<String, String> values = draft.values();
        requireOneWay(values);
        Workspace workspace = Workspace.open(folder);
        boolean isModelGiven = values.containsKey("model_name") || values.containsKey("model_path");
        if (model != null && isModelGiven) {
            throw common.misuse("the model is given by --model and by --set; expected one of them");
        } else if (model != null) {
            values.putAll(new BaseModelChoice(workspace).of(model));
        } else if (!isModelGiven && like == null && workspace.names().isEmpty()) {
            values.putAll(new BaseModelChoice(workspace).onlyOne());
        }
        TemplateChoice templates = templates(workspace);
        NewLoras added = NewLoras.read(workspace, drafts(values), templates, force);
        added.warnings().forEach(common.output()::warn);
        added.write();
        common.output().result(json(workspace, added, templates.name()), text(added, templates.name()));
        return ExitCode.OK;
    }

    private void requireOneWay(Map<String, String> values) {
        if ((name == null) == (table == null)) {
            throw common.misuse((name == null ? "there is no NAME" : "NAME is given beside --csv")
                    + "; expected the name of one LoRA, or --csv with a list");
        }
        if (table != null && (values.containsKey("target") || values.containsKey("positive"))) {
            throw common.misuse("target and positive are those of one character; expected them as columns of the list");
        }
    }

    private List<LoraDraft> drafts(Map<String, String> values) {
        return table == null
                ? List.of(new LoraDraft(String.valueOf(name), values, Optional.empty(), 1))
                : CharacterTable.read(table, values);
    }

    private TemplateChoice templates(Workspace workspace) {
        LoraTemplate example = LoraTemplate.of(EXAMPLE, InitCommand.text("config.yaml"));
        return new TemplateChoice(workspace, Optional.ofNullable(like), force, example);
    }

    private static JsonLine json(Workspace workspace, NewLoras added, Optional<String> template) {
        return JsonLine.result()
                .put("workspace", workspace.folder())
                .put("files", added.files())
                .put("like", template)
                .putParts(
                        "loras",
                        added.projects().stream()
                                .map(project -> JsonLine.part()
                                        .put("name", project.name())
                                        .put("inWords", inWords(project)))
                                .toList());
    }

    private static List<String> inWords(LoraProject project) {
        return project.prompts().stream().map(PromptPair::inWords).toList();
    }

    private String text(NewLoras added, Optional<String> template) {
        List<String> names = added.projects().stream().map(LoraProject::name).toList();
        List<String> lines = new ArrayList<>();
        lines.add((force ? "Wrote " : "Added ") + Count.of(names.size(), "LoRA")
                + template.map(other -> ", with the settings of " + other).orElse("") + ":");
        added.projects().forEach(project -> lines.add("  " + text(project)));
        boolean isPlain = names.size() == 1 && PLAIN.matcher(names.get(0)).matches();
        lines.add("Next: txt2lora check " + folder + (isPlain ? " --names " + names.get(0) : " --all"));
        return String.join(System.lineSeparator(), lines);
    }

    private static String text(LoraProject project) {
        boolean isNamed = project.prompts().get(0).target().equals(project.name());
        return (isNamed ? "" : project.name() + ": ") + String.join("; ", inWords(project));
    }
}
