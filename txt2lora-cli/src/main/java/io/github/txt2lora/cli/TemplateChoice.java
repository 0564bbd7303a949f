package io.github.txt2lora.cli;

import io.github.txt2lora.InvalidSettingException;
import io.github.txt2lora.internal.FirstFew;
import io.github.txt2lora.internal.NearestWord;
import io.github.txt2lora.workspace.LoraTemplate;
import io.github.txt2lora.workspace.Workspace;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the LoRA that a new one follows: the one that is named, else the one that is to be changed, else any if all
 * are alike, else the example of {@code init}.
 */
final class TemplateChoice implements Function<String, LoraTemplate> {

    private final Workspace workspace;
    private final Optional<String> like;
    private final boolean force;
    private final LoraTemplate example;
    private final List<String> names;
    private @Nullable LoraTemplate forNewOnes;

    TemplateChoice(Workspace workspace, Optional<String> like, boolean force, LoraTemplate example) {
        this.workspace = workspace;
        this.like = like;
        this.force = force;
        this.example = example;
        names = workspace.names();
    }

    @Override
    public LoraTemplate apply(String name) {
        if (force && like.isEmpty() && names.contains(name)) {
            return LoraTemplate.like(workspace, name);
        }
        LoraTemplate chosen = forNewOnes;
        if (chosen == null) {
            chosen = like.map(this::named).orElseGet(this::common);
            forNewOnes = chosen;
        }
        return chosen;
    }

    /** The LoRA that new ones are like; empty if there are none, or they are like the example. */
    Optional<String> name() {
        return Optional.ofNullable(forNewOnes)
                .filter(template -> template != example)
                .map(LoraTemplate::name);
    }

    private LoraTemplate named(String other) {
        if (!names.contains(other)) {
            throw InvalidSettingException.of(
                    "--like",
                    other,
                    names.isEmpty()
                            ? "a LoRA of the workspace, but it has none"
                            : "a LoRA of the workspace, such as " + NearestWord.to(other, names));
        }
        return LoraTemplate.like(workspace, other);
    }

    private LoraTemplate common() {
        if (names.isEmpty()) {
            return example;
        }
        LoraTemplate first = LoraTemplate.like(workspace, names.get(0));
        for (String name : names.subList(1, names.size())) {
            Set<String> different = first.differencesFrom(LoraTemplate.like(workspace, name));
            if (!different.isEmpty()) {
                throw new InvalidSettingException("the LoRAs " + names.get(0) + " and " + name + " of "
                        + workspace.folder() + " differ in " + FirstFew.of(different)
                        + "; expected --like with the one that new LoRAs are to be like");
            }
        }
        return first;
    }
}
