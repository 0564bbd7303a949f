package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptAction;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.workspace.KohyaPrompts.EntryPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * LECO's prompts file: a YAML list whose entries have the keys that {@code docs/workspace.md} lists, of which LECO does
 * not know {@code multiplier}, {@code weight}, {@code low}, {@code high} and those of pictures. {@code guidance}, of other programs, is read as {@code guidance_scale}, and their
 * {@code rank}, which is a setting here, has no effect; a warning says so.
 *
 * <p>A file whose name ends with {@code .toml} is one of kohya's sd-scripts, for {@code train_leco}: {@code [[prompts]]}
 * with these keys, or {@code [[targets]]}, each of which stands for several entries. Files with neutral prompts are
 * looked up beside it.
 *
 * @param file the file that was read
 * @param prompts its entries, at least one
 * @param warnings warnings for the user, one text each, which names file and line
 */
public record LecoPromptsFile(Path file, List<PromptPair> prompts, List<String> warnings) {

    private static final String TEACH_NOTHING = "the prompts teach nothing: every target is to mean what it means"
            + " already; expected at least one entry with action: enhance and a positive of other words, or with action:"
            + " erase";

    private static final String NO_LIST =
            "the file holds no list of prompts; expected at least one entry such as '- target: krnkmd'";

    /** Copies the lists. */
    public LecoPromptsFile {
        prompts = List.copyOf(prompts);
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a prompts file; keys that are unknown are refused.
     *
     * @throws InvalidSettingException if the file is missing or anything in it is wrong; the message names file, line
     *     and key of everything that is
     * @throws io.github.txt2lora.StorageException if the file cannot be read
     */
    public static LecoPromptsFile read(Path file) {
        return read(file, UnknownKeys.REFUSED);
    }

    /** As {@link #read(Path)}. */
    static LecoPromptsFile read(Path file, UnknownKeys unknownKeys) {
        return read(file, unknownKeys, Optional.empty());
    }

    /**
     * As {@link #read(Path)}.
     *
     * @param unknownKeys their treatment in YAML; in TOML they are refused
     * @param within the folder that other files with prompts must lie in; empty for any
     */
    static LecoPromptsFile read(Path file, UnknownKeys unknownKeys, Optional<Path> within) {
        String content = SettingsToml.isToml(file) ? "prompts in TOML" : "settings in YAML";
        return parse(file, SettingsYaml.text(file, content), unknownKeys, within);
    }

    /** The prompts in the text of a file. */
    static LecoPromptsFile parse(Path file, String text, UnknownKeys unknownKeys, Optional<Path> within) {
        boolean isToml = SettingsToml.isToml(file);
        Problems problems = isToml ? Problems.ofToml(file) : new Problems(file, unknownKeys);
        List<EntryPair> read =
                isToml ? KohyaPrompts.read(file, text, within, problems) : readYaml(file, text, problems);
        var pictures = new PictureFiles(file, within);
        List<EntryPair> pairs = read.stream()
                .map(pair -> withPictures(pair, pictures, problems))
                .toList();
        Map<Target, Boolean> preserved = new HashMap<>();
        pairs.forEach(pair -> reportContradiction(pair, preserved, problems));
        List<PromptPair> prompts = pairs.stream().map(EntryPair::pair).toList();
        if (problems.isEmpty() && prompts.stream().allMatch(PromptPair::preserves)) {
            problems.add(1, TEACH_NOTHING);
        }
        problems.throwIfAny();
        return new LecoPromptsFile(file, prompts, problems.warnings());
    }

    private static EntryPair withPictures(EntryPair read, PictureFiles files, Problems problems) {
        try {
            return new EntryPair(files.located(read.pair()), read.entry());
        } catch (InvalidSettingException e) {
            problems.add(read.entry(), e.getMessage());
            return read;
        }
    }

    private static List<EntryPair> readYaml(Path file, String text, Problems problems) {
        List<EntryPair> pairs = new ArrayList<>();
        Node root = SettingsYaml.compose(file, text);
        if (root instanceof SequenceNode list && !list.getValue().isEmpty()) {
            for (Node entry : list.getValue()) {
                pairs(SettingsSection.of("", entry, problems), problems)
                        .forEach(pair -> pairs.add(new EntryPair(pair, entry)));
            }
        } else if (root instanceof MappingNode settings && YamlText.entry(settings, "prompts_file") != null) {
            problems.add(1, "the file is a configuration of LECO; expected the prompts that its prompts_file names");
        } else {
            problems.add(1, NO_LIST);
        }
        return pairs;
    }

    /** What a LoRA does to a prompt at one strength says nothing about another. */
    private record Target(String prompt, double multiplier) {}

    private static void reportContradiction(EntryPair read, Map<Target, Boolean> preserved, Problems problems) {
        PromptPair pair = read.pair();
        Boolean earlier = preserved.putIfAbsent(new Target(pair.target(), pair.multiplier()), pair.preserves());
        if (earlier != null && earlier != pair.preserves()) {
            problems.add(
                    read.entry(),
                    "target " + Problems.quote(pair.target())
                            + " is both to get a new meaning and to keep its own; remove one of the entries");
        }
    }

    /** The pairs that an entry describes: one, or two of a slider; none after a problem. */
    static List<PromptPair> pairs(SettingsSection entry, Problems problems) {
        if (SliderEntry.isOne(entry)) {
            return SliderEntry.pairs(entry, problems);
        }
        PromptPair pair = pair(entry, problems);
        return pair == null ? List.of() : List.of(pair);
    }

    /** The pair that an entry describes, null after a problem that leaves none. */
    static @Nullable PromptPair pair(SettingsSection entry, Problems problems) {
        String target = entry.required("target", Kind.TEXT, "the words that get a new meaning");
        PromptAction action = PromptKey.readAction(entry);
        if (entry.given("positive") && !entry.given("action")) {
            entry.warn("target " + Problems.quote(target) + " has a positive but no action, so the positive is"
                    + " taken away, as LECO does; write action: enhance to teach it, or action: erase to say so");
        }
        PromptPair pair = null;
        try {
            PromptPair.Builder builder = builder(entry, target, action);
            String positive = entry.value("positive", Kind.TEXT, target);
            String unconditional = entry.value("unconditional", Kind.TEXT, "");
            builder.positive(positive)
                    .unconditional(unconditional)
                    .neutral(entry.value("neutral", Kind.TEXT, unconditional));
            String guidance = guidanceKey(entry);
            for (PromptKey key : PromptKey.values()) {
                key.read(entry, key == PromptKey.GUIDANCE_SCALE ? guidance : key.key(), builder);
            }
            if (entry.givenUnlisted("rank")) {
                entry.warn(
                        "rank",
                        entry.value("rank", Kind.TEXT, ""),
                        "without effect here: it is a setting of the whole LoRA");
            }
            entry.reportUnknownKeys();
            pair = builder.build();
        } catch (InvalidSettingException e) {
            problems.add(entry.line(), e.getMessage());
        }
        return pair;
    }

    /** The key that holds the guidance scale. */
    private static String guidanceKey(SettingsSection entry) {
        if (!entry.givenUnlisted("guidance")) {
            return PromptKey.GUIDANCE_SCALE.key();
        }
        if (entry.given(PromptKey.GUIDANCE_SCALE.key())) {
            entry.report("guidance", "guidance is given beside guidance_scale; remove one of them");
        }
        entry.warn("guidance", entry.value("guidance", Kind.TEXT, ""), "read as guidance_scale");
        return "guidance";
    }

    /** A multiplier says that an empty target is meant: a mistaken one teaches every prompt. */
    private static PromptPair.Builder builder(SettingsSection entry, String target, PromptAction action) {
        if (target.isBlank() && entry.given(PromptKey.MULTIPLIER.key())) {
            return PromptPair.everywhere(action);
        }
        if (action == PromptAction.ERASE) {
            return PromptPair.erase(target);
        }
        return target.isBlank() ? PromptPair.preserve(target) : PromptPair.enhance(target);
    }
}
