package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.StorageException;
import io.github.txt2lora.Txt2LoraException;
import io.github.txt2lora.internal.Check;
import io.github.txt2lora.internal.file.AtomicFile;
import io.github.txt2lora.internal.file.RegularFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * LoRAs that come into a workspace together: all of them, or none. {@link #read} looks at everything and writes
 * nothing; {@link #write} takes back what it has written if it fails.
 */
public final class NewLoras {

    private final Workspace workspace;
    private final List<LoraProject> projects;
    private final Map<Path, String> texts;
    private final List<String> warnings;
    private final boolean force;

    private NewLoras(
            Workspace workspace,
            List<LoraProject> projects,
            Map<Path, String> texts,
            List<String> warnings,
            boolean force) {
        this.workspace = workspace;
        this.projects = projects;
        this.texts = texts;
        this.warnings = warnings;
        this.force = force;
    }

    /**
     * Reads drafts.
     *
     * @param drafts all from one table, or one from a command line
     * @param templates by the name of a LoRA what it is like; what the draft says comes before it
     * @param force whether LoRAs that are there get these prompts and settings, in which case their comments stay
     * @throws InvalidSettingException if there is no draft; or a draft is wrong, would teach nothing, has the name of
     *     another one or of a LoRA that is there, be it in other case. The message has one line for each, with the line
     *     of the table.
     * @throws StorageException if a file cannot be read, or a link or folder lies where one is to be written
     */
    public static NewLoras read(
            Workspace workspace, List<LoraDraft> drafts, Function<String, LoraTemplate> templates, boolean force) {
        Check.given("workspace", workspace);
        if (Check.given("drafts", drafts).isEmpty()) {
            throw new InvalidSettingException("drafts is empty; expected at least one LoRA");
        }
        Problems problems = new Problems(drafts.get(0).table().orElse(null), UnknownKeys.REFUSED);
        reportNamesThatAreTheSame(workspace, drafts, problems);
        List<LoraProject> projects = new ArrayList<>();
        Map<Path, String> texts = new LinkedHashMap<>();
        DraftReader reader = new DraftReader(problems);
        for (LoraDraft draft : drafts) {
            LoraTemplate template = templates.apply(draft.name());
            Optional<LoraProject> project = reader.read(draft, template);
            if (project.isPresent()) {
                projects.add(project.get());
                if (!force) {
                    reportIfThere(workspace, project.get(), draft.line(), problems);
                }
            }
            if (problems.isEmpty() && project.isPresent()) {
                Path file = workspace.configFile(draft.name());
                texts.putAll(workspace.texts(
                        project.get(), template.document(file, draft.name()).orElse(null)));
            }
        }
        problems.throwIfAny();
        return new NewLoras(workspace, List.copyOf(projects), texts, problems.warnings(), force);
    }

    /** Such names are one on the file systems of Windows and macOS, to which a workspace may be synced. */
    private static void reportNamesThatAreTheSame(Workspace workspace, List<LoraDraft> drafts, Problems problems) {
        Map<String, String> there = new HashMap<>();
        namesThere(workspace).forEach(name -> there.put(folded(name), name));
        Map<String, LoraDraft> earlier = new HashMap<>();
        for (LoraDraft draft : drafts) {
            String name = draft.name();
            String other = there.getOrDefault(folded(name), name);
            if (!other.equals(name)) {
                problems.add(
                        draft.line(),
                        "name is " + Problems.quote(name) + ", and " + Problems.quote(other)
                                + " already exists; expected a name that differs in more than case");
            }
            LoraDraft first = earlier.putIfAbsent(folded(name), draft);
            if (first != null) {
                problems.add(
                        draft.line(),
                        "name is " + Problems.quote(name) + ", and " + Problems.quote(first.name()) + " stands on line "
                                + first.line() + "; expected each name once, whatever its case");
            }
        }
    }

    private static Set<String> namesThere(Workspace workspace) {
        Set<String> names = new LinkedHashSet<>(workspace.names());
        if (Files.isDirectory(workspace.promptsFolder())) {
            names.addAll(Workspace.namesIn(workspace.promptsFolder(), Workspace.YAML));
            names.addAll(Workspace.namesIn(workspace.promptsFolder(), SettingsToml.EXTENSION));
        }
        return names;
    }

    private static String folded(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC)
                .toUpperCase(Locale.ROOT)
                .toLowerCase(Locale.ROOT);
    }

    private static void reportIfThere(Workspace workspace, LoraProject project, int line, Problems problems) {
        Path config = workspace.configFile(project.name());
        Path prompts = workspace.promptsFile(project.name());
        RegularFile.requireReplaceable(config);
        RegularFile.requireReplaceable(prompts);
        List<String> there = Stream.of(config, prompts)
                .filter(Files::exists)
                .map(Path::toString)
                .toList();
        if (!there.isEmpty() && !isLeftOver(config, prompts, project)) {
            problems.add(
                    line,
                    Problems.quote(project.name()) + " already exists, as " + String.join(" and ", there)
                            + "; choose a new name, or force the change");
        }
    }

    /** Prompts without settings may have been written when the process was killed. */
    private static boolean isLeftOver(Path config, Path prompts, LoraProject project) {
        return !Files.exists(config)
                && SettingsYaml.text(prompts).equals(PromptsDocument.fresh(prompts, project.prompts()));
    }

    /** The LoRAs, in the order of the drafts. */
    public List<LoraProject> projects() {
        return projects;
    }

    /** The files that {@link #write} writes. */
    public List<Path> files() {
        return List.copyOf(texts.keySet());
    }

    /** Warnings about the values, one text each. */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Writes the files. Each appears under its name when it is whole, and the settings of a LoRA after its prompts.
     *
     * @throws InvalidSettingException if another program has made one of the files meanwhile
     * @throws StorageException if a file cannot be written; those that were are as they were before
     */
    public void write() {
        Workspace.create(workspace.folder());
        Map<Path, Optional<String>> before = new LinkedHashMap<>();
        try {
            texts.forEach((file, text) -> {
                Optional<String> old = SettingsFile.content(file);
                if (!force && old.isPresent() && !old.get().equals(text)) {
                    throw new InvalidSettingException(file + " has just been made by another program, and nothing was"
                            + " changed; choose a new name, or force the change");
                }
                before.put(file, old);
                SettingsFile.write(file, text);
            });
        } catch (Txt2LoraException e) {
            restore(before, e);
            throw e;
        }
    }

    /** Goes on after a file that cannot be restored, and when the thread was interrupted, which writing does not. */
    private static void restore(Map<Path, Optional<String>> before, Txt2LoraException cause) {
        boolean interrupted = Thread.interrupted();
        before.forEach((file, text) -> {
            try {
                if (text.isPresent()) {
                    AtomicFile.write(file, text.get());
                } else {
                    Files.deleteIfExists(file);
                }
            } catch (StorageException | IOException e) {
                cause.addSuppressed(e);
            }
        });
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
