package io.github.txt2lora.workspace;

import io.github.txt2lora.PromptPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * The prompts of kohya's sd-scripts for {@code train_leco}, in TOML:
 *
 * <ul>
 *   <li>{@code [[prompts]]}: entries with the keys and defaults of LECO's, and {@code multiplier} and {@code weight};
 *   <li>{@code [[targets]]}, also in a table {@code [slider]}: sliders, see {@link KohyaSlider};
 *   <li>the same keys before the first entry: defaults of all entries;
 *   <li>no entries at all, but the keys of one.
 * </ul>
 */
final class KohyaPrompts {

    private static final String PROMPTS = "prompts";
    private static final String TARGETS = "targets";
    private static final String SLIDER = "slider";
    private static final String TARGET = PromptKey.TARGET.key();
    private static final String DYNAMIC_RESOLUTION = PromptKey.DYNAMIC_RESOLUTION.key();

    /** A warning about sides that are drawn. */
    static final String OTHER_SIDES =
            "dynamic_resolution draws sides below the resolution, as LECO does; sd-scripts draws the resolution too";

    /** More would be a file that multiplies itself by mistake, or to do harm. */
    private static final int MOST_PAIRS = 50_000;

    private final Problems problems;
    private final NeutralPrompts neutralPrompts;
    private final List<EntryPair> pairs = new ArrayList<>();

    /**
     * A pair.
     *
     * @param pair that an entry stands for, alone or with others
     * @param entry the entry
     */
    record EntryPair(PromptPair pair, Node entry) {}

    private KohyaPrompts(Problems problems, NeutralPrompts neutralPrompts) {
        this.problems = problems;
        this.neutralPrompts = neutralPrompts;
    }

    /**
     * The pairs that a text stands for; problems are noted.
     *
     * @param file its file
     * @param within the folder that files with neutral prompts must lie in; empty for any
     * @throws io.github.txt2lora.InvalidSettingException if it is not valid TOML
     */
    static List<EntryPair> read(Path file, String text, Optional<Path> within, Problems problems) {
        var prompts = new KohyaPrompts(problems, new NeutralPrompts(file, within));
        prompts.readRoot(KohyaTable.of(SettingsToml.compose(file, text)));
        return prompts.pairs;
    }

    private void readRoot(KohyaTable root) {
        if (!root.has(SLIDER)) {
            readTable(root);
            return;
        }
        for (String other : root.without(SLIDER).keys().keySet()) {
            problems.add(
                    root.keyNode(other),
                    other + " stands beside the table slider; move it into [slider], or remove one of them");
        }
        if (root.value(SLIDER) instanceof MappingNode slider) {
            readTable(KohyaTable.of(slider));
        } else {
            problems.add(root.keyNode(SLIDER), "slider is no table; expected [slider] with [[slider.targets]]");
        }
    }

    private void readTable(KohyaTable table) {
        if (table.has(PROMPTS) && table.has(TARGETS)) {
            problems.add(
                    table.keyNode(TARGETS),
                    "targets is given beside prompts, and sd-scripts would read prompts alone; remove one of them, or write"
                            + " the sliders as [[prompts]] with target_class");
        } else if (table.has(PROMPTS)) {
            readEntries(PROMPTS, table);
        } else if (table.has(TARGETS)) {
            readEntries(TARGETS, table);
        } else if (table.has(TARGET) || table.has(KohyaSlider.TARGET_CLASS)) {
            readEntry(table, new KohyaTable(table.place(), Map.of()));
        } else {
            problems.add(
                    table.place(),
                    "the file holds no prompts; expected [[prompts]] with a target, or [[targets]] with a target_class");
        }
    }

    private void readEntries(String list, KohyaTable table) {
        List<KohyaTable> entries = new ArrayList<>();
        boolean isList = table.value(list) instanceof SequenceNode nodes
                && !nodes.getValue().isEmpty()
                && nodes.getValue().stream().allMatch(MappingNode.class::isInstance);
        if (isList) {
            ((SequenceNode) table.value(list))
                    .getValue()
                    .forEach(node -> entries.add(KohyaTable.of((MappingNode) node)));
        } else {
            problems.add(table.keyNode(list), list + " is no list of tables; expected at least one [[" + list + "]]");
        }
        KohyaTable defaults = table.without(list);
        boolean hasSliders = list.equals(TARGETS)
                || defaults.has(KohyaSlider.TARGET_CLASS)
                || entries.stream().anyMatch(entry -> entry.has(KohyaSlider.TARGET_CLASS));
        boolean hasPrompts = list.equals(PROMPTS) || entries.stream().anyMatch(entry -> entry.has(TARGET));
        Set<String> known = new LinkedHashSet<>(hasPrompts ? PromptKey.keys() : Set.of());
        if (hasSliders) {
            known.addAll(KohyaSlider.keys());
        }
        known.add(list);
        reportUnknown(table, known);
        for (KohyaTable entry : entries) {
            boolean isNeither = !entry.has(TARGET)
                    && !entry.has(KohyaSlider.TARGET_CLASS)
                    && !defaults.has(TARGET)
                    && !defaults.has(KohyaSlider.TARGET_CLASS);
            if (isNeither && list.equals(TARGETS)) {
                problems.add(
                        entry.place(),
                        "target_class is missing; expected the words that the slider acts on, \"\" for all");
            } else {
                readEntry(entry, defaults);
            }
        }
    }

    private void readEntry(KohyaTable entry, KohyaTable defaults) {
        if (entry.has(KohyaSlider.TARGET_CLASS) && entry.has(TARGET)) {
            problems.add(
                    entry.keyNode(TARGET),
                    "target is given beside target_class; expected a target, or for a slider a target_class");
            return;
        }
        boolean isSlider =
                entry.has(KohyaSlider.TARGET_CLASS) || (!entry.has(TARGET) && defaults.has(KohyaSlider.TARGET_CLASS));
        Set<String> known = isSlider ? KohyaSlider.keys() : PromptKey.keys();
        reportUnknown(entry, known);
        KohyaTable all = KohyaType.checked(entry.over(defaults, known), problems);
        if (isSlider) {
            add(entry, new KohyaSlider(entry, all, problems).pairs(neutralPrompts, MOST_PAIRS));
        } else {
            PromptPair pair = LecoPromptsFile.pair(withUsefulDynamics(all).section(problems), problems);
            add(entry, pair == null ? List.of() : List.of(pair));
        }
    }

    private void reportUnknown(KohyaTable table, Set<String> known) {
        SettingsSection section = table.section(problems);
        known.forEach(section::given);
        section.reportUnknownKeys();
    }

    private void add(KohyaTable entry, List<PromptPair> added) {
        if (pairs.size() + added.size() > MOST_PAIRS) {
            problems.add(entry.place(), "the file stands for more than " + MOST_PAIRS + " pairs; expected fewer");
            return;
        }
        added.forEach(pair -> pairs.add(new EntryPair(pair, entry.place())));
    }

    private KohyaTable withUsefulDynamics(KohyaTable entry) {
        String resolution = PromptKey.RESOLUTION.key();
        boolean isSquare = !entry.has(resolution)
                || entry.texts(resolution).stream().distinct().count() < 2;
        warnOfDynamics(entry, isSquare, !isSquare, problems);
        return isSquare ? entry : entry.without(DYNAMIC_RESOLUTION);
    }

    /**
     * Warns where sides that are drawn are not those of sd-scripts, which draws only those of square images.
     *
     * @param someSquare whether images of the entry are square
     * @param someNot whether images are not
     */
    static void warnOfDynamics(KohyaTable entry, boolean someSquare, boolean someNot, Problems problems) {
        if (!entry.isTrue(DYNAMIC_RESOLUTION)) {
            return;
        }
        int line = entry.line(DYNAMIC_RESOLUTION);
        if (someNot) {
            problems.warn(line, "dynamic_resolution has no effect on images of two sides, as in sd-scripts");
        }
        if (someSquare) {
            problems.warn(line, OTHER_SIDES);
        }
    }
}
