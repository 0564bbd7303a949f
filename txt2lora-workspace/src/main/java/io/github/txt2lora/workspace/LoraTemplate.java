package io.github.txt2lora.workspace;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.PromptPair;
import io.github.txt2lora.image.PlainWords;
import io.github.txt2lora.internal.Check;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;

/**
 * The pattern for new LoRAs in all but their words: the settings of another LoRA with the comments of its file, the
 * sizes of its training images, and the prompts that it keeps as they are.
 */
public final class LoraTemplate {

    private static final Set<PromptKey> OF_SLIDERS = EnumSet.of(PromptKey.GUIDANCE_SCALE, PromptKey.MULTIPLIER);

    private final SettingsDocument document;
    private final List<PromptPair> prompts;

    private LoraTemplate(SettingsDocument document, List<PromptPair> prompts) {
        this.document = document;
        this.prompts = prompts;
    }

    /**
     * A LoRA of a workspace.
     *
     * @throws InvalidSettingException if it is not there or anything in its files is wrong
     * @throws io.github.txt2lora.StorageException if a file cannot be read
     */
    public static LoraTemplate like(Workspace workspace, String name) {
        List<PromptPair> prompts = workspace.load(name, warning -> {}).prompts();
        return new LoraTemplate(workspace.config(name), prompts);
    }

    /**
     * Settings that are those of no LoRA yet.
     *
     * @param name name of the LoRA in the text's comments
     * @param settings as {@code config/NAME.yaml} holds them
     * @throws InvalidSettingException if anything in them is wrong
     */
    public static LoraTemplate of(String name, String settings) {
        return new LoraTemplate(
                SettingsDocument.parse(Path.of(Check.given("name", name) + Workspace.YAML), settings), List.of());
    }

    /** The name of the LoRA that new ones are like. */
    public String name() {
        return document.settings().name();
    }

    /** The settings of a new LoRA, with its target where the preview's prompts have the target of this one. */
    LoraSettings settings(String newName, String newTarget) {
        LoraSettings settings = document.settings().withName(newName);
        List<String> targets = taught().stream().map(PromptPair::target).toList();
        if (targets.size() != 1 || settings.preview().prompts().isEmpty()) {
            return settings;
        }
        Pattern old = word(new PlainWords(targets.get(0)).asPrompt());
        String replacement = Matcher.quoteReplacement(new PlainWords(newTarget).asPrompt());
        List<String> drawn = settings.preview().prompts().stream()
                .map(prompt -> old.matcher(prompt).replaceAll(replacement))
                .toList();
        return settings.withPreview(settings.preview().withPrompts(drawn));
    }

    /**
     * The settings of a new LoRA's prompts besides words, in YAML by key. What makes a slider or is tuned to one is no
     * example for others.
     */
    Map<String, String> promptNumbers() {
        boolean isSlider = taught().stream().anyMatch(pair -> pair.multiplier() < 0);
        Map<String, String> numbers = new TreeMap<>();
        taught().stream().findFirst().map(PromptKey::write).ifPresent(texts -> {
            for (PromptKey key : PromptKey.values()) {
                if (key.isNumber() && !(isSlider && OF_SLIDERS.contains(key))) {
                    numbers.put(key.key(), texts.get(key.key()));
                }
            }
        });
        return numbers;
    }

    /** The prompts that keep what they mean. */
    List<PromptPair> kept() {
        return prompts.stream().filter(PromptPair::preserves).toList();
    }

    private List<PromptPair> taught() {
        return prompts.stream().filter(pair -> !pair.preserves()).toList();
    }

    /**
     * The text that new settings begin as.
     *
     * @return empty for LECO's layout, which may name the prompts of the other LoRA
     */
    Optional<SettingsDocument> document(Path file, String newName) {
        if (document.layout() != SettingsLayout.FLAT) {
            return Optional.empty();
        }
        String renamed = Pattern.compile(
                        "(?m)((?:^|[ \\t])#.*LoRA )" + word(name()).pattern())
                .matcher(document.text())
                .replaceAll("$1" + Matcher.quoteReplacement(newName));
        if (SettingsYaml.compose(file, renamed) instanceof MappingNode root
                && YamlText.entry(root, SettingKey.LORA_NAME.flat()) != null) {
            YamlText edited = new YamlText(renamed);
            edited.set(root, SettingKey.LORA_NAME.flat(), ScalarText.text(newName));
            renamed = edited.changed();
        }
        try {
            return Optional.of(SettingsDocument.parse(file, renamed));
        } catch (InvalidSettingException cannotBeRenamed) {
            // A way of writing that YamlText does not know: the settings without their comments do as well.
            return Optional.empty();
        }
    }

    /** The keys in which new LoRAs that are like this one differ from those that are like another. */
    public Set<String> differencesFrom(LoraTemplate other) {
        Set<String> keys = new LinkedHashSet<>();
        compare(settingTexts(), other.settingTexts(), keys);
        compare(promptNumbers(), other.promptNumbers(), keys);
        if (!kept().equals(other.kept())) {
            keys.add("prompts that are kept");
        }
        return keys;
    }

    private Map<String, String> settingTexts() {
        String anyName = "name";
        return new LoraProject(
                        settings(anyName, anyName),
                        List.of(PromptPair.preserve("").build()))
                .texts()
                .settings();
    }

    private static void compare(Map<String, String> some, Map<String, String> others, Set<String> different) {
        List<String> all = new ArrayList<>(some.keySet());
        all.addAll(others.keySet());
        all.stream()
                .filter(key -> !Objects.equals(some.get(key), others.get(key)))
                .forEach(different::add);
    }

    private static Pattern word(String text) {
        return Pattern.compile("(?<![\\p{L}\\p{N}_])" + Pattern.quote(text) + "(?![\\p{L}\\p{N}_])");
    }
}
